#pragma once

#include <rapidjson/document.h>

#include <string>

/// Cases of the console's API as lines for people, as `lamplight case` prints them.
namespace lamplight::cli {

/// A member that is a text or a whole number; empty: there is none.
[[nodiscard]] std::string text_of(const rapidjson::Value& object, const char* name);
/// One case of a worklist; ! stands before a deadline that was missed.
[[nodiscard]] std::string case_line(const rapidjson::Value& one);
/// One entry of a case's history.
[[nodiscard]] std::string entry_line(const rapidjson::Value& entry);

}  // namespace lamplight::cli
