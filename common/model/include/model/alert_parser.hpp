#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "model/alert.hpp"
#include "model/code_lists.hpp"
#include "model/field_error.hpp"

namespace lamplight {

/// Bounds of one alert's JSON, beyond those of its fields.
inline constexpr std::size_t kMaxAlertJsonBytes = 64U << 10;
inline constexpr std::size_t kMaxAlertJsonKeys = 256;  ///< of all objects together
inline constexpr std::size_t kMaxAlertJsonDepth = 16;
inline constexpr std::size_t kMaxFieldErrors = 20;  ///< reported of one item; the rest is not named
inline constexpr std::size_t kMaxWarnings = 20;
/// Readable bytes behind a text given to `parse_padded`; what they hold does not matter.
inline constexpr std::size_t kJsonPadding = 64;

/// Reads a partner's JSON alert and checks every rule of the description, the code lists and the deny-list.
///
/// All broken rules of an item are reported, not the first alone; neither errors nor warnings ever echo a value.
/// Unknown fields are dropped and named in a warning; names on the deny-list are refused at any depth.
/// Threads: one. Nothing is allocated for a good alert once the vectors and buffers have room.
class AlertParser {
 public:
  /// `codes` must outlive the parser.
  explicit AlertParser(const CodeLists& codes);
  ~AlertParser();
  AlertParser(AlertParser&&) noexcept;
  AlertParser& operator=(AlertParser&&) noexcept;

  /// True when the text is an alert that keeps every rule. `out` then holds views into the parser's own buffers, good
  /// until the next call; what intake sets (partner, digests) is left empty. `errors` and `warnings` are cleared first;
  /// warnings count only when there are no errors.
  [[nodiscard]] bool parse(std::string_view json, AlertReceived& out,
                           std::vector<FieldError>& errors, std::vector<Warning>& warnings);
  /// The same without a copy: kJsonPadding bytes behind the text must be readable, and the text must stay where it is
  /// as long as `out` is used.
  [[nodiscard]] bool parse_padded(std::string_view json, AlertReceived& out,
                                  std::vector<FieldError>& errors, std::vector<Warning>& warnings);

 private:
  class Reading;
  std::unique_ptr<Reading> reading_;
};

}  // namespace lamplight
