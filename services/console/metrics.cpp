#include "console/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <string>

namespace lamplight::console {

namespace {

using CounterFamily = prometheus::Family<prometheus::Counter>;
using HistogramFamily = prometheus::Family<prometheus::Histogram>;

constexpr std::array<const char*, 5> kSignIns = {"ok", "wrong", "limited", "overloaded",
                                                 "unavailable"};
constexpr std::array<const char*, 5> kOutcomes = {"accepted", "refused", "forbidden", "timed_out",
                                                  "not_taken"};

CounterFamily& counter(runtime::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry.native());
}
prometheus::Gauge& gauge(runtime::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry.native()).Add({});
}

}  // namespace

struct Metrics::Impl {
  explicit Impl(runtime::Registry& registry)
      : requests(counter(registry, "lamplight_http_requests_total", "Requests answered")),
        durations(prometheus::BuildHistogram()
                      .Name("lamplight_http_request_duration_seconds")
                      .Help("From a request's head to the end of its answer")
                      .Register(registry.native())),
        in_flight(gauge(registry, "lamplight_http_in_flight", "Requests under way")),
        refusals(counter(registry, "lamplight_http_refused_total",
                         "Requests refused before they were looked at")),
        sign_ins(counter(registry, "lamplight_console_sign_ins_total",
                         "Attempts to sign in by how they ended")),
        commands(counter(registry, "lamplight_console_commands_total",
                         "Commands of officers by how they ended")),
        unseen(counter(registry, "lamplight_console_unseen_total",
                       "Cases asked for that the officer may not see")
                   .Add({})),
        sessions(gauge(registry, "lamplight_console_sessions", "Officers' sessions that are open")),
        feeds(gauge(registry, "lamplight_console_feeds", "Feeds of changes that are open")) {
    for (std::size_t i = 0; i < kSignIns.size(); ++i)
      by_sign_in.at(i) = &sign_ins.Add({{"outcome", kSignIns.at(i)}});
    for (const identity::Command command : identity::kCommands) {
      if (command == identity::Command::kRead) continue;
      for (const char* outcome : kOutcomes)
        commands.Add({{"command", std::string(to_string(command))}, {"outcome", outcome}});
    }
  }

  CounterFamily& requests;
  HistogramFamily& durations;
  prometheus::Gauge& in_flight;
  CounterFamily& refusals;
  CounterFamily& sign_ins;
  CounterFamily& commands;
  prometheus::Counter& unseen;
  prometheus::Gauge& sessions;
  prometheus::Gauge& feeds;
  std::array<prometheus::Counter*, kSignIns.size()> by_sign_in{};
};

Metrics::Metrics(runtime::Registry& registry) : impl_(std::make_unique<Impl>(registry)) {}
Metrics::~Metrics() = default;

// Officers' requests come a few a second: a family finds its own series fast enough.
void Metrics::request(std::string_view route, std::string_view method, unsigned status,
                      double seconds) {
  const std::string name(route);
  const std::string verb(method);
  impl_->requests.Add({{"route", name}, {"method", verb}, {"code", std::to_string(status)}})
      .Increment();
  const auto& bounds = runtime::fast_bounds();
  impl_->durations
      .Add({{"route", name}, {"method", verb}},
           prometheus::Histogram::BucketBoundaries(bounds.begin(), bounds.end()))
      .Observe(seconds);
}
void Metrics::refused(std::string_view reason) {
  impl_->refusals.Add({{"reason", std::string(reason)}}).Increment();
}
void Metrics::in_flight(std::int64_t delta) {
  impl_->in_flight.Increment(static_cast<double>(delta));
}

void Metrics::record_sign_in(SignIn outcome) {
  impl_->by_sign_in.at(static_cast<std::size_t>(outcome))->Increment();
}
void Metrics::record_command(identity::Command command, Outcome outcome) {
  impl_->commands
      .Add({{"command", std::string(to_string(command))},
            {"outcome", kOutcomes.at(static_cast<std::size_t>(outcome))}})
      .Increment();
}
void Metrics::record_unseen() { impl_->unseen.Increment(); }
void Metrics::show_sessions(std::size_t sessions) {
  impl_->sessions.Set(static_cast<double>(sessions));
}
void Metrics::show_feeds(std::size_t feeds) { impl_->feeds.Set(static_cast<double>(feeds)); }

}  // namespace lamplight::console
