#pragma once

#include <array>
#include <string>
#include <vector>

#include "inner/case_book.hpp"
#include "inner/rulebook.hpp"
#include "inner/table.hpp"
#include "model/inner_codes.hpp"
#include "runtime/decider.hpp"

namespace lamplight::inner {

inline constexpr std::string_view kService = "inner";
/// The input that tells it that a deadline has passed.
inline constexpr std::string_view kTimeReached = "control.inner.time_reached";

/// The inner loop: its state is the cases, their deadlines and the rules; what it decides is where each case goes next.
///
/// What changes the state: its own events, and `rules.published`. Alerts, requests and the passing of time change
/// nothing until it has answered them.
class InnerDecider final : public runtime::Decider {
 public:
  /// The inputs it subscribes to.
  [[nodiscard]] static std::vector<std::string> inputs();
  /// What it publishes, as patterns for the outbox.
  [[nodiscard]] static std::vector<std::string> outputs();

  /// `table`: kTable; tests bring edited ones to show that the difference is found. It outlives the decider.
  explicit InnerDecider(const Table& table = kTable) : table_(table) {}

  void evolve(const Event& event) override;
  void decide(const Event& input, runtime::Outbox& out) const override;
  [[nodiscard]] std::optional<TimeUs> next_due() const override;
  void save(runtime::SnapshotWriter& out) const override;
  void load(runtime::SnapshotReader& in) override;
  [[nodiscard]] std::uint32_t newest_schema(std::string_view own_subject) const override;
  [[nodiscard]] std::uint32_t state_version() const override { return 2; }
  [[nodiscard]] std::uint32_t rules_version() const override { return 1; }

  [[nodiscard]] const CaseBook& book() const { return book_; }
  [[nodiscard]] const Rulebook& rulebook() const { return rules_; }
  /// Requests refused since the log began, by the rule that they broke.
  using Refusals = std::array<std::int64_t, kCount<Refusal>>;
  [[nodiscard]] const Refusals& refusals() const { return refusals_; }

 private:
  void count_refusal(const Event& event);

  const Table& table_;
  CaseBook book_;
  Rulebook rules_;
  Refusals refusals_{};
  CaseEvent read_;  ///< into which evolve reads: its lists keep their room
};

}  // namespace lamplight::inner
