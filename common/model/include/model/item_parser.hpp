#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "model/alert.hpp"
#include "model/code_lists.hpp"
#include "model/field_error.hpp"
#include "model/results.hpp"

namespace lamplight {

/// Bounds of one item's JSON, beyond those of its fields.
inline constexpr std::size_t kMaxItemJsonBytes = 64U << 10;
/// Of all its objects together; items with counts may have those of kMaxCounts numbers beside.
inline constexpr std::size_t kMaxItemJsonKeys = 256;
inline constexpr std::size_t kMaxItemJsonDepth = 16;
inline constexpr std::size_t kMaxFieldErrors = 20;  ///< reported of one item; the rest is not named
inline constexpr std::size_t kMaxWarnings = 20;
/// Readable bytes behind a text given to `parse_padded`; what they hold does not matter.
inline constexpr std::size_t kJsonPadding = 64;

/// Reads a sender's JSON item and checks every rule of its description, the code lists and the deny-list. Made for
/// AlertReceived and the reports of results.hpp that come over HTTP (item_types.hpp).
///
/// All broken rules of an item are reported, not the first alone; neither errors nor warnings ever echo a value.
/// Unknown fields are dropped and named in a warning; names on the deny-list are refused at any depth.
/// Threads: one. Nothing is allocated for a good item once the vectors and buffers have room.
template <typename T>
class ItemParser {
 public:
  /// `codes` must outlive the parser.
  explicit ItemParser(const CodeLists& codes);
  ~ItemParser();
  ItemParser(ItemParser&&) noexcept;
  ItemParser& operator=(ItemParser&&) noexcept;

  /// True when the text is an item that keeps every rule. `out` then holds views into the parser's own buffers, good
  /// until the next call; what intake sets (partner, digests) is left empty. `errors` and `warnings` are cleared first;
  /// warnings count only when there are no errors.
  [[nodiscard]] bool parse(std::string_view json, T& out, std::vector<FieldError>& errors,
                           std::vector<Warning>& warnings);
  /// The same without a copy: kJsonPadding bytes behind the text must be readable, and the text must stay where it is
  /// as long as `out` is used.
  [[nodiscard]] bool parse_padded(std::string_view json, T& out, std::vector<FieldError>& errors,
                                  std::vector<Warning>& warnings);

 private:
  class Reading;
  std::unique_ptr<Reading> reading_;
};

extern template class ItemParser<AlertReceived>;
extern template class ItemParser<ClearanceOrdered>;
extern template class ItemParser<ClearanceReported>;
extern template class ItemParser<CaseReported>;
extern template class ItemParser<PersonReported>;
extern template class ItemParser<HazardReported>;
extern template class ItemParser<FigureDeclared>;

}  // namespace lamplight
