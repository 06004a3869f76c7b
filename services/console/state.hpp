#pragma once

#include <string>
#include <vector>

#include "console/cases.hpp"
#include "console/requests.hpp"
#include "identity/officers.hpp"
#include "runtime/fold.hpp"

namespace lamplight::console {

/// Console's projection: officers, the inner loop's cases with their histories, and the newest requests.
/// Threads: the core thread.
class ConsoleState final : public runtime::Fold {
 public:
  [[nodiscard]] static std::vector<std::string> subjects();
  void evolve(const Event& event) override;
  void save(runtime::SnapshotWriter& out) const override;
  void load(runtime::SnapshotReader& in) override;
  [[nodiscard]] std::uint32_t state_version() const override { return 2; }

  [[nodiscard]] const identity::Officers& officers() const { return officers_; }
  [[nodiscard]] const Cases& cases() const { return cases_; }
  [[nodiscard]] const Requests& requests() const { return requests_; }

 private:
  identity::Officers officers_;
  Cases cases_;
  Requests requests_;
};

}  // namespace lamplight::console
