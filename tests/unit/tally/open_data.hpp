#pragma once

#include <functional>
#include <string>

#include "model/alert.hpp"

/// Reads the open data sets of ../shared straight into alerts, without the importer: the proof of the tally alone.
namespace lamplight::tally::test {

/// Calls `take` for each row, in file order. The texts of an alert live until the call returns.
using TakeAlert = std::function<void(const AlertReceived&)>;

/// Dublin fire brigade. Times are civil, Europe/Dublin; a stage earlier than the call lies on the next day.
void read_dublin(const std::string& gz_file, const TakeAlert& take);
/// Montgomery County. Times are civil, America/New_York.
void read_montgomery(const std::string& gz_file, const TakeAlert& take);

}  // namespace lamplight::tally::test
