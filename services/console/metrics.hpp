#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/server.hpp"
#include "identity/permissions.hpp"
#include "runtime/metrics.hpp"

namespace lamplight::console {

/// How console does: requests, sign-ins, commands. Officers' keys are never labels. Threads: any.
class Metrics final : public http::ServerObserver {
 public:
  explicit Metrics(runtime::Registry& registry);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void request(std::string_view route, std::string_view method, unsigned status,
               double seconds) override;
  void refused(std::string_view reason) override;
  void in_flight(std::int64_t delta) override;

  enum class SignIn { kOk, kWrong, kLimited, kOverloaded, kUnavailable };
  void record_sign_in(SignIn outcome);
  enum class Outcome { kAccepted, kRefused, kForbidden, kTimedOut, kNotTaken };
  void record_command(identity::Command command, Outcome outcome);
  /// Reading of what the caller may not see.
  void record_unseen();
  void show_sessions(std::size_t sessions);
  void show_feeds(std::size_t feeds);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::console
