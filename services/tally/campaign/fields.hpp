#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/code_lists.hpp"

/// What the records of a campaign hold, by name: what keys, filters, dimensions and periods may go by.
namespace lamplight::tally {

/// alert.received and the subjects that measures may count from.
[[nodiscard]] const std::vector<std::string>& record_names();
/// Texts, codes and lists of codes of a record; empty for an unknown one. Without the parts of its counts.
[[nodiscard]] std::vector<std::string> fields_of_record(std::string_view from);
/// Stamps of a record.
[[nodiscard]] std::vector<std::string> stamps_of_record(std::string_view from);
[[nodiscard]] bool has_counts(std::string_view from);
/// what, kind, result.
[[nodiscard]] const std::vector<std::string>& count_parts();
/// day, month, year, weekday, hour.
[[nodiscard]] const std::vector<std::string>& time_dimensions();
/// The code lists that a field's codes may be of, the likeliest first.
[[nodiscard]] std::vector<CodeList> lists_of_field(std::string_view field);

}  // namespace lamplight::tally
