#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/describe.hpp"
#include "model/field_error.hpp"

namespace lamplight {

/// Where a value stands: a field, and in it a key, an index, or a key of the object at an index. Turned into a pointer only when something is wrong.
struct Place {
  const FieldInfo& field;
  std::string_view key;
  std::int32_t index = -1;
};

[[nodiscard]] std::string pointer_to(const Place& place);
/// What a field of this shape takes, for people.
[[nodiscard]] std::string_view wanted(Shape shape);

/// What one parse found wrong or odd, in bounded space. Writes into the caller's vectors.
class Findings {
 public:
  Findings(std::vector<FieldError>& errors, std::vector<Warning>& warnings, std::size_t max_errors,
           std::size_t max_warnings)
      : errors_(&errors),
        warnings_(&warnings),
        max_errors_(max_errors),
        max_warnings_(max_warnings) {
    errors.clear();
    warnings.clear();
  }

  void note(std::string pointer, std::string_view rule, std::string hint);
  void note(const Place& place, std::string_view rule, std::string hint) {
    note(pointer_to(place), rule, std::move(hint));
  }
  void note_personal(std::string pointer);
  void warn(std::string pointer, std::string_view rule, std::string hint);

  /// Text that is no JSON says nothing reliable about fields: this becomes the only error. Always false.
  bool stop(std::string_view rule, std::string hint);

 private:
  std::vector<FieldError>* errors_;
  std::vector<Warning>* warnings_;
  std::size_t max_errors_;
  std::size_t max_warnings_;
};

}  // namespace lamplight
