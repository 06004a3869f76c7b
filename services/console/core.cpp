#include "console/core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "console/problems.hpp"

namespace lamplight::console {

namespace {

constexpr std::int64_t kSweepEveryUs = 60'000'000;
constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kCookie = "lamplight_session=";

runtime::FoldHostOptions host_options(const Core::Options& given) {
  runtime::FoldHostOptions options;
  options.service = "console";
  options.subjects = ConsoleState::subjects();
  options.snapshot_folder = given.snapshot_folder;
  options.snapshot_every_us = given.snapshot_every_us;
  options.keep_free_bytes = given.keep_free_bytes;
  return options;
}

/// The value of our cookie among "a=b; c=d".
std::string_view cookie_of(std::string_view header) {
  while (!header.empty()) {
    const std::string_view one = header.substr(0, header.find(';'));
    header.remove_prefix(std::min(header.size(), one.size() + 1));
    const auto from = one.find_first_not_of(' ');
    if (from != std::string_view::npos && one.substr(from).starts_with(kCookie))
      return one.substr(from + kCookie.size());
  }
  return {};
}

}  // namespace

Core::Core(const Env& env, std::unique_ptr<bus::Client> client,
           runtime::ServiceMetrics& service_metrics, Metrics& metrics, PasswordDesk& passwords,
           const CodeLists& lists, Options options, runtime::Told told)
    : env_(env),
      client_(std::move(client)),
      metrics_(metrics),
      passwords_(passwords),
      lists_(lists),
      options_(std::move(options)),
      told_(std::move(told)),
      host_(runtime::host_fold(
          env, *client_,
          [read = options_.read_desks] { return std::make_unique<ConsoleState>(read); },
          host_options(options_), service_metrics)),
      ids_(env.clock, env.random),
      sessions_(env.random, options_.sessions),
      limits_(env.random, options_.limits),
      commands_(env.clock, *client_, ids_, metrics, options_.commands),
      feeds_(
          options_.feeds, [this](std::string_view token) { return signed_in(token); },
          [client = client_.get()](std::function<void()> work) { client->post(std::move(work)); }) {
  client_->on_change([this](const bus::BusState&, const std::optional<Error>& fenced) {
    if (!fenced || failed_) return;
    failed_ = true;
    closed_.store(true);
    told_.failed(fenced->with("console's connection to the bus"));
  });
}

Core::~Core() = default;

void Core::take(Handler handler, const http::Request& request, http::ResponderPtr responder) {
  const char* why = closed_.load()                             ? "draining"
                    : !live_.load()                            ? "starting"
                    : waiting_.load() >= options_.max_requests ? "overloaded"
                                                               : nullptr;
  if (why != nullptr) {
    return responder->answer(
        problem_response(not_now(why, "Nothing was done; try again shortly."), request.id));
  }
  waiting_.fetch_add(1);
  client_->post(
      [this, handler = std::move(handler), asked = &request, responder = std::move(responder)] {
        waiting_.fetch_sub(1);
        handler(*asked, responder);
      });
}

void Core::close() {
  closed_.store(true);
  client_->post([this] { feeds_.end_all(); });
}

void Core::round(std::int64_t timeout_us) {
  client_->poll(feeds_behind_ ? 0 : timeout_us);
  host_->tick();
  live_.store(host_->live() && !failed_);
  const std::int64_t now_us = monotonic_us();
  feeds_behind_ = false;
  if (host_->live()) {
    commands_.advance(state(), now());
    feeds_behind_ = feeds_.advance(state(), now_us);
  }
  if (now_us - swept_at_us_ >= kSweepEveryUs) {
    swept_at_us_ = now_us;
    sessions_.sweep(now_us);
  }
  metrics_.show_sessions(sessions_.size());
  metrics_.show_feeds(feeds_.open());
  tell_readiness();
}

TimeUs Core::now() const { return std::max(client_->state().bus_time, host_->cut_time()); }

const identity::Officer* Core::signed_in(std::string_view token) const {
  const auto known = sessions_.find(token, monotonic_us());
  if (!known) return nullptr;
  const identity::Officer* officer = state().officers().find(known->officer);
  if (officer == nullptr || officer->revoked || known->as_of < officer->changed) return nullptr;
  return officer;
}

std::optional<Caller> Core::caller(const http::Request& request, bool or_cookie) const {
  std::string_view token = request.header("Authorization");
  if (token.starts_with(kBearer)) token.remove_prefix(kBearer.size());
  else if (or_cookie && token.empty()) token = cookie_of(request.header("Cookie"));
  else return std::nullopt;
  const identity::Officer* officer = signed_in(token);
  if (officer == nullptr) return std::nullopt;
  return Caller{officer, std::string(token)};
}

std::string Core::why_not_ready() const {
  if (failed_) return "failed";
  if (closed_.load()) return "draining";
  if (!client_->state().connected) return "no connection to the bus";
  if (!host_->live())
    return fmt::format("replaying {} of {}", host_->cut().value, client_->state().head.value);
  return {};
}

void Core::tell_readiness() {
  std::string why = why_not_ready();
  if (told_why_ == why) return;
  told_.ready_changed(why);
  told_why_ = std::move(why);
}

}  // namespace lamplight::console
