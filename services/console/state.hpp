#pragma once

#include <string>
#include <utility>
#include <vector>

#include "console/cases.hpp"
#include "console/requests.hpp"
#include "console/rule_desks.hpp"
#include "identity/officers.hpp"
#include "runtime/fold.hpp"

namespace lamplight::console {

/// Console's projection: officers, the inner loop's cases with their histories, whom its rules name, and the newest requests.
/// Threads: the core thread.
class ConsoleState final : public runtime::Fold {
 public:
  explicit ConsoleState(ReadDesks read_desks) : rule_desks_(std::move(read_desks)) {}
  [[nodiscard]] static std::vector<std::string> subjects();
  void evolve(const Event& event) override;
  void save(runtime::SnapshotWriter& out) const override;
  void load(runtime::SnapshotReader& in) override;
  [[nodiscard]] std::uint32_t state_version() const override { return 3; }

  [[nodiscard]] const identity::Officers& officers() const { return officers_; }
  [[nodiscard]] const Cases& cases() const { return cases_; }
  [[nodiscard]] const Requests& requests() const { return requests_; }
  [[nodiscard]] const RuleDesks& rule_desks() const { return rule_desks_; }

 private:
  identity::Officers officers_;
  Cases cases_;
  Requests requests_;
  RuleDesks rule_desks_;
};

}  // namespace lamplight::console
