#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "base/uuid.hpp"
#include "bus/client.hpp"
#include "console/command_desk.hpp"
#include "console/feeds.hpp"
#include "console/metrics.hpp"
#include "console/password_desk.hpp"
#include "console/state.hpp"
#include "http/server.hpp"
#include "identity/sessions.hpp"
#include "identity/sign_in_limits.hpp"
#include "runtime/fold_host.hpp"
#include "runtime/service.hpp"

namespace lamplight::console {

/// Who sends a request: signed in, and still an officer.
struct Caller {
  const identity::Officer* officer = nullptr;
  std::string token;
};

/// Console's one thread: the bus client, the projection, sessions, commands under way, feeds. Everything that a request
/// touches lives here, so nothing is locked.
/// Threads: `take`, `post` and `close` from any; everything else from the one thread that calls `round`.
class Core {
 public:
  struct Options {
    std::string snapshot_folder;
    std::int64_t snapshot_every_us = 60'000'000;
    std::uint64_t keep_free_bytes = 0;
    std::size_t max_requests = 1024;  ///< handed over by HTTP and not yet looked at
    identity::Sessions::Options sessions;
    identity::SignInLimits::Options limits;
    CommandDesk::Options commands;
    Feeds::Options feeds;
    ReadDesks read_desks = [](std::string_view) { return std::vector<std::string>{}; };
    std::string proxy;  ///< its requests name their senders; empty: none
  };
  /// Runs on the core's thread. The request lives as long as the responder is held.
  using Handler = std::function<void(const http::Request&, http::ResponderPtr)>;

  Core(const Env& env, std::unique_ptr<bus::Client> client,
       runtime::ServiceMetrics& service_metrics, Metrics& metrics, PasswordDesk& passwords,
       const CodeLists& lists, Options options, runtime::Told told);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  /// A request for the core's thread; answered 503 at once when there are too many, or none may be answered now.
  void take(Handler handler, const http::Request& request, http::ResponderPtr responder);
  void post(std::function<void()> work) { client_->post(std::move(work)); }
  /// New requests are refused, feeds end; what is under way goes on.
  void close();

  void round(std::int64_t timeout_us);
  [[nodiscard]] bool idle() const { return commands_.under_way() == 0 && feeds_.open() == 0; }
  [[nodiscard]] Result<void> snapshot() { return host_->snapshot(); }

  // ---- for handlers ----
  [[nodiscard]] const ConsoleState& state() const { return runtime::fold_as<ConsoleState>(*host_); }
  [[nodiscard]] Offset cut() const { return host_->cut(); }
  /// Bus time as last told: what deadlines are compared with.
  [[nodiscard]] TimeUs now() const;
  [[nodiscard]] std::int64_t monotonic_us() const { return env_.clock.monotonic_us(); }
  [[nodiscard]] TimeUs wall() const { return env_.clock.wall(); }
  [[nodiscard]] identity::Sessions& sessions() { return sessions_; }
  [[nodiscard]] identity::SignInLimits& limits() { return limits_; }
  [[nodiscard]] PasswordDesk& passwords() { return passwords_; }
  [[nodiscard]] CommandDesk& commands() { return commands_; }
  [[nodiscard]] Feeds& feeds() { return feeds_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }
  [[nodiscard]] const std::string& proxy() const { return options_.proxy; }
  [[nodiscard]] const CodeLists& lists() const { return lists_; }
  [[nodiscard]] const Names& names() const { return *names_; }
  void know(std::shared_ptr<const Names> names) { names_ = std::move(names); }
  /// By the bearer token, or where a page may be read by its cookie. Nothing: answer 401.
  [[nodiscard]] std::optional<Caller> caller(const http::Request& request, bool or_cookie) const;
  /// The officer that the session stands for; null when it has ended, or the officer was changed or revoked since.
  [[nodiscard]] const identity::Officer* signed_in(std::string_view token) const;

 private:
  [[nodiscard]] std::string why_not_ready() const;
  void tell_readiness();

  const Env env_;
  std::unique_ptr<bus::Client> client_;
  Metrics& metrics_;
  PasswordDesk& passwords_;
  const CodeLists& lists_;
  std::shared_ptr<const Names> names_ = std::make_shared<Names>();
  Options options_;
  runtime::Told told_;
  std::unique_ptr<runtime::FoldHost> host_;
  UuidSource ids_;
  identity::Sessions sessions_;
  identity::SignInLimits limits_;
  CommandDesk commands_;
  Feeds feeds_;
  std::optional<std::string> told_why_;
  std::int64_t swept_at_us_ = 0;
  bool feeds_behind_ = false;
  bool failed_ = false;
  std::atomic<bool> closed_{false};
  std::atomic<bool> live_{false};
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace lamplight::console
