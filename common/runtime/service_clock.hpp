#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/uuid.hpp"
#include "bus/client.hpp"
#include "runtime/decider_host.hpp"

namespace lamplight::runtime {

/// `<service>/clock`: says on the log that bus time has reached a deadline, once a deadline at a time. Threads: one.
class ServiceClock {
 public:
  ServiceClock(const Env& env, std::string service, MakeClock make);

  [[nodiscard]] const std::string& subject() const { return subject_; }
  void poll();
  /// Publishes `time_reached` for `due`, unless one is under way. It has come round once the state is at it: `cut`.
  void ask(TimeUs due, Offset cut);
  /// Another instance tells the time now.
  void forget();

 private:
  [[nodiscard]] bool connect();

  const std::string service_;
  const std::string subject_;
  const MakeClock make_;
  UuidSource ids_;
  std::unique_ptr<bus::Client> client_;
  bool fenced_ = false;
  bool asked_ = false;
  std::optional<Offset> asked_at_;
};

}  // namespace lamplight::runtime
