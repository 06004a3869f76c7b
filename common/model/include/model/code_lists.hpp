#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/env.hpp"
#include "base/result.hpp"
#include "model/deny_list.hpp"

namespace lamplight {

/// The lists of `schemas/codes/<name>.toml`.
enum class CodeList : std::uint8_t {
  kStatus,
  kClass,
  kCategory,
  kArea,
  kOperation,
  kStage,
  kPlaceScheme,
  kUnit,
  kShift,
  kFocus,
  kCount,
  kCountKind,
  kCountResult,
  kCaseFlag,
  kCaseStage,
  kOutcome,
  kPersonFlag,
  kHazardKind,
  kHazardState,
  kClearanceAction,
  kPersonScope,
  kFigureRole,
};
inline constexpr std::size_t kCodeListCount = 22;

[[nodiscard]] std::string_view to_string(CodeList list);

enum class Language : std::uint8_t { kEnglish, kChinese };

/// What the codes of a place scheme look like.
enum class PlaceForm : std::uint8_t {
  kCode,    ///< any code without spaces and long numbers
  kDigits,  ///< digits, however many in a row: codes of divisions
  kHash,    ///< 0-9 and a-f
};

struct CodeEntry {
  std::string code;
  std::string zh;
  std::string en;
  std::string class_code;             ///< categories only: the class they roll up to; may be empty
  PlaceForm form = PlaceForm::kCode;  ///< place schemes only
};

/// What codes mean and which names are refused: reference data that operators may replace, checked as a whole.
/// Immutable once made. Threads: any.
class CodeLists {
 public:
  CodeLists(const CodeLists&) = delete;  // the indexes view the entries
  CodeLists& operator=(const CodeLists&) = delete;
  CodeLists(CodeLists&&) = default;
  CodeLists& operator=(CodeLists&&) = default;
  ~CodeLists() = default;

  /// The files of schemas/ as they were when this was built.
  [[nodiscard]] static Result<CodeLists> builtin();
  /// `<folder>/codes/<name>.toml` takes the place of the built-in list; a missing one leaves it. `<folder>/deny-list.toml`
  /// adds to the built-in deny-list: an operator can refuse more, never less.
  /// Errors: kInvalid naming file, line and rule; kNotFound when the folder is not there; kIo.
  [[nodiscard]] static Result<CodeLists> load(Disk& disk, const std::string& folder);

  /// Null when the code is not listed.
  [[nodiscard]] const CodeEntry* find(CodeList list, std::string_view code) const;
  /// An open list takes codes that it does not hold, with a warning; a closed one refuses them.
  [[nodiscard]] bool is_open(CodeList list) const { return at(list).open; }
  /// The label, or the code itself when it is not listed. The view lives as long as the lists (or `code`).
  [[nodiscard]] std::string_view label(CodeList list, std::string_view code,
                                       Language language) const;
  /// In the order of the file.
  [[nodiscard]] const std::vector<CodeEntry>& entries(CodeList list) const {
    return at(list).entries;
  }
  /// The first `most` codes in that order: those that may be labels of a metric, known before the first event comes.
  [[nodiscard]] std::set<std::string, std::less<>> first(CodeList list, std::size_t most) const;
  [[nodiscard]] const DenyList& deny_list() const { return deny_; }

 private:
  struct List {
    bool open = false;
    std::vector<CodeEntry> entries;
    std::unordered_map<std::string_view, std::size_t> by_code;  // keys view `entries`
  };
  struct Source {
    std::string file;
    std::string text;
  };
  using Sources = std::array<Source, kCodeListCount>;

  CodeLists() = default;
  [[nodiscard]] static Result<CodeLists> make(const Sources& codes,
                                              const std::vector<Source>& deny_lists);
  [[nodiscard]] const List& at(CodeList list) const {
    return lists_[static_cast<std::size_t>(list)];
  }

  std::array<List, kCodeListCount> lists_;
  DenyList deny_;
};

}  // namespace lamplight
