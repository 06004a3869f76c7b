#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tally/population.hpp"

namespace lamplight::tally {

/// Checks every name that a spec uses: dimensions, windows, stamps, uniqueness of names.
/// Errors: kInvalid naming what is wrong, and the nearest valid name.
[[nodiscard]] Result<void> check_dimensions(const ReportSpec& spec);

/// Where a stamp of an alert is found: reported_at, occurred_at or stage:<stage>. Resolved against one view.
class StampSource {
 public:
  StampSource(const Population& population, std::string_view name);
  struct Value {
    std::int64_t real_us = 0;   ///< the instant
    std::int64_t clock_us = 0;  ///< clock time, as the report's clock says
  };
  /// Nothing when the alert lacks the stamp. A stage that stands twice: the first.
  [[nodiscard]] std::optional<Value> of(const Row& row) const;

 private:
  enum class Kind { kReported, kOccurred, kStage };
  const Population& population_;
  Kind kind_;
  TextId stage_ = TallyView::kNoText;
};

/// One dimension of a table: a number for each alert, and what the number means. kBlank: the alert has no such value.
/// Numbers of one dimension are equal exactly when their texts are.
class Dimension {
 public:
  static constexpr std::int64_t kBlank = std::numeric_limits<std::int64_t>::min();

  /// `name` must have passed check_dimensions. Keeps a reference to the population.
  Dimension(const Population& population, std::string_view name);

  [[nodiscard]] std::int64_t value(const Alert& alert) const;
  /// Of the one dimension with several values an alert: operation. Blank when it has none.
  [[nodiscard]] bool several() const { return kind_ == Kind::kOperation; }
  [[nodiscard]] std::size_t values(const Alert& alert) const;
  [[nodiscard]] std::int64_t value_at(const Alert& alert, std::size_t i) const;
  /// Not for kBlank.
  [[nodiscard]] std::string text(std::int64_t value) const;
  /// Blank first, then by text.
  [[nodiscard]] bool less(std::int64_t a, std::int64_t b) const;

 private:
  enum class Kind {
    kClass,
    kCategory,
    kArea,
    kPartner,
    kPlace,
    kDerived,
    kOperation,
    kDay,
    kMonth,
    kYear,
    kMonthOfYear,
    kWeekday,
    kHour,
    kSecond,
    kStamp,
    kWindow,
  };
  [[nodiscard]] bool is_text() const { return kind_ <= Kind::kOperation; }
  [[nodiscard]] std::string_view text_view(std::int64_t value) const;
  [[nodiscard]] std::int64_t source_text(const Row& row, Kind kind) const;
  [[nodiscard]] std::int64_t place(const Row& row) const;
  [[nodiscard]] std::int64_t derived(std::int64_t source) const;

  const Population& population_;
  Kind kind_ = Kind::kClass;
  TextId scheme_ = TallyView::kNoText;
  std::optional<StampSource> stamp_;
  const Window* window_ = nullptr;
  // Derived: the number of each source text's derived one, made when first met.
  Kind source_ = Kind::kClass;
  const Derive* derive_ = nullptr;
  mutable std::map<std::int64_t, std::int64_t> derived_of_;
  mutable std::map<std::string, std::int64_t, std::less<>> derived_numbers_;
  mutable std::vector<std::string> derived_texts_;
};

/// "2016-02-24T21:00:01", with a fraction when there is one.
[[nodiscard]] std::string civil_text(std::int64_t civil_us);

}  // namespace lamplight::tally
