#pragma once

#include <optional>
#include <vector>

#include "tally/measure/names.hpp"
#include "tally/measure/tables.hpp"

/// A question made into looks at columns: blocks of rows in, what they add to which cell out.
namespace lamplight::tally {

/// Why a row is touched: it counts; it says a number that others contradict; it lacks the key.
enum class Role : std::uint8_t { kCounts, kConflicts, kLacksKey };

/// A row that began (+1) or ceased (-1) to stand, at a place in its stream of changes.
struct Touch {
  std::uint32_t row = 0;
  std::uint32_t place = 0;
  std::int8_t sign = 1;
  Role role = Role::kCounts;
};

/// Some rows beside each other, and their fields column by column, each read once whoever asks.
class Block {
 public:
  static constexpr std::size_t kChanges = 1024;

  void start(const Records& records);
  void add(const Touch& touch) { touches_.push_back(touch); }
  [[nodiscard]] const Records& records() const { return *records_; }
  [[nodiscard]] const std::vector<Touch>& touches() const { return touches_; }
  [[nodiscard]] const std::vector<Cell>& column(const RecordField& field);

 private:
  const Records* records_ = nullptr;
  std::vector<Touch> touches_;
  std::vector<std::vector<Cell>> columns_;
};

/// What a touched row adds to one cell. Items of one touch lie together.
struct Item {
  std::uint32_t touch = 0;
  std::uint32_t cell = 0;
  std::uint32_t scope = 0;  ///< of the key: 0 for keys that all share, else its maker
  std::uint32_t key = 0;
  std::int64_t n = 0;
  std::uint64_t entry = 0;  ///< of a sum of counts: which
  Bound bound = Bound::kExact;
  bool lacks_key = false;
  bool first = true;  ///< of its touch in this cell
};

/// What a compiled question takes from a measure.
struct Aspect {
  bool filtered = true;  ///< where and except of the measure
  bool in_period = true;
  bool from_the_beginning = false;  ///< all before the end of the period
  Dimensions key;
  Dimensions by;
};

/// Blank texts are number 0, blank times kNoTime.
class Compiled {
 public:
  Compiled(const CampaignDefinition& definition, const MeasureQuestion& question, Aspect aspect,
           Names& names);

  /// Puts what the block's rows add into `items`.
  void run(Block& block, std::vector<Item>& items);
  /// Words of a cell.
  [[nodiscard]] KeyTexts texts(const Records& records, std::uint32_t cell) const;
  /// Words of a key: who made it (empty: all share it), then its parts.
  [[nodiscard]] std::vector<std::string> key_texts(const Records& records, const Item& item) const;
  [[nodiscard]] std::size_t cells() const { return levels_.empty() ? 1 : levels_.back().size(); }

 private:
  static constexpr std::uint32_t kNoTime = 0xFFFF'FFFF;
  enum class Kind : std::uint8_t {
    kText,
    kList,
    kEntry,
    kNumber,
    kDay,
    kMonth,
    kYear,
    kWeekday,
    kHour,
    kSplit
  };
  enum class Part : std::uint8_t { kWhat, kKind, kResult };
  struct Source {
    Kind kind = Kind::kText;
    Part part = Part::kWhat;
    RecordField field;
    const Rollup* rollup = nullptr;
    const SplitByStamp* split = nullptr;
    std::uint32_t before = 0, after = 0;  ///< words of the split
    std::vector<std::uint32_t> group_of;  ///< by code; 0: in none
  };
  struct Test {
    Source source;
    bool wanted = true;
    std::vector<std::string> values;
    std::vector<bool> holds;          ///< by code
    std::vector<std::uint32_t> made;  ///< numbers of made words
  };

  [[nodiscard]] Source source(const std::string& name);
  void add_tests(const Filter& filter, bool wanted);
  void refresh();
  [[nodiscard]] bool passes(const Test& test, std::uint32_t number) const;
  void select(Block& block);
  void keep_if(Block& block, const Test& test);
  void expand_entries(Block& block, std::vector<Item>& items);
  /// For each item and each of its values: f(item, value).
  template <typename F>
  void expand(Block& block, const Source& source, std::vector<Item>& items, F&& f);
  [[nodiscard]] std::uint32_t grouped(const Source& source, TextId code) const {
    return code < source.group_of.size() && source.group_of[code] != 0 ? source.group_of[code]
                                                                       : code;
  }
  /// The day that a stamp lies in, by the definition's clock and day cut.
  [[nodiscard]] Day day_of_cell(Cell cell) const;
  [[nodiscard]] std::uint32_t time_of(const Source& source, Cell cell) const;
  [[nodiscard]] static std::string time_text(Kind kind, std::uint32_t number);
  [[nodiscard]] std::uint32_t single(const Source& source, Cell cell) const;
  [[nodiscard]] std::uint32_t entry_value(const Source& source, const CountCell& entry) const;
  [[nodiscard]] std::optional<std::string> text(const Records& records, const Source& source,
                                                std::uint32_t number) const;
  void add_keys(Block& block, std::vector<Item>& items);

  const CampaignDefinition& definition_;
  const MeasureSpec& measure_;
  Names& names_;
  Aspect aspect_;
  std::uint64_t version_ = 0;
  std::optional<RecordField> dated_, counts_, amount_, scope_;
  std::int64_t first_us_, end_us_;
  std::int64_t cut_us_;
  bool dated_only_ = false;
  bool without_leap_day_ = false;
  std::vector<Test> tests_;        ///< of the record
  std::vector<Test> entry_tests_;  ///< of its counts
  std::vector<Source> dims_, keys_;
  std::vector<PairNumbers> levels_, key_levels_;
  std::uint32_t district_ = 0;
  bool by_entry_ = false;
  std::vector<std::uint32_t> selected_;
  std::vector<Item> spare_;
};

}  // namespace lamplight::tally
