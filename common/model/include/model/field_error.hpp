#pragma once

#include <string>

namespace lamplight {

/// One broken rule of an item: JSON pointer to the field, the rule's stable name, what to do. Never the value itself.
struct FieldError {
  std::string pointer;
  std::string rule;
  std::string hint;
  bool operator==(const FieldError&) const = default;
};

/// Taken, but not as the sender may have meant it: same parts as an error.
struct Warning {
  std::string pointer;
  std::string rule;
  std::string hint;
  bool operator==(const Warning&) const = default;
};

}  // namespace lamplight
