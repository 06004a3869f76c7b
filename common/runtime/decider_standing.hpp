#pragma once

#include <optional>
#include <string>

#include "runtime/decider_host.hpp"

namespace lamplight::runtime {

/// How a decider stands and why it does not decide: said to log and metrics when it changes. Threads: one.
class DeciderStanding {
 public:
  DeciderStanding(std::string service, ServiceMetrics& metrics);

  /// Nothing is decided here any more before somebody has looked: there is no way back but a restart.
  void halt(Offset offset, const std::string& why);
  [[nodiscard]] bool halted() const { return !halt_reason_.empty(); }
  /// Why it follows though nobody else may decide. Tried again and again: said when it is new.
  void follow_because(std::string why);
  void goes_live() { waits_for_.clear(); }
  /// Empty: no reason to tell.
  [[nodiscard]] const std::string& why_not_live() const {
    return halted() ? halt_reason_ : waits_for_;
  }
  void show(DeciderState state);

 private:
  const std::string service_;
  ServiceMetrics& metrics_;
  std::string halt_reason_;
  std::string waits_for_;
  std::optional<DeciderState> shown_;
};

}  // namespace lamplight::runtime
