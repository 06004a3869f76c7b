#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "figures.hpp"
#include "inner/decider.hpp"
#include "inner_load.hpp"
#include "runtime/step.hpp"

namespace lamplight::bench {

namespace {

constexpr std::uint64_t kCases = 1'000'000;
constexpr int kTicks = 2'000;
constexpr TimeUs kMonday{1'772'413'200'000'000};  // 2026-03-02T09:00:00+08:00
constexpr std::int64_t kApartUs = 20'000;         // of one alert from the next: 5.5 hours in all

double rss_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  statm >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// The decider with a step at a time, as its host runs it.
class Stepped {
 public:
  void take(std::string_view subject, std::string_view producer, const Id16& id, Bytes payload,
            TimeUs time) {
    Event input;
    input.subject = subject;
    input.producer = producer;
    input.id = id;
    input.payload = payload;
    input.time = time;
    input.offset = {++offset_};
    LAMPLIGHT_CHECK(runtime::run_step(decider_, input, out_).ok(), "the step is taken");
  }
  void take(const Said& said, TimeUs time) {
    take(said.subject, "bench_edge", said.id, as_bytes(said.payload), time);
  }
  void tell_time(TimeUs time) { take("control.inner.time_reached", "inner/clock", {}, {}, time); }
  [[nodiscard]] std::uint32_t decided() const { return out_.count(); }
  [[nodiscard]] const inner::InnerDecider& decider() const { return decider_; }

 private:
  inner::InnerDecider decider_;
  runtime::Outbox out_{std::string(inner::kService), inner::InnerDecider::outputs()};
  std::uint64_t offset_ = 0;
};

// A million open cases, half of them settled on the spot and waiting to be assessed. Returns the time after.
TimeUs open_cases(Stepped& inner) {
  TimeUs now = kMonday;
  for (std::uint64_t i = 0; i < kCases; ++i) {
    now = now.plus_us(kApartUs);
    inner.take(dispute_alert(i), now);
    if (i % 2 == 0) inner.take(settlement_of(i), now);
  }
  return now;
}

void print_bytes(const Run& run, const Stepped& inner, double bytes) {
  const double from = seconds_now();
  MsgpackWriter saved;
  inner.decider().save(saved);
  const double took = seconds_now() - from;
  const auto cases = static_cast<double>(inner.decider().book().cases().size());
  run.print({"inner.case_bytes",
             bytes / cases,
             "bytes",
             {},
             "",
             "resident memory of " + std::to_string(kCases) +
                 " open cases over their number, each with a place of its own and its history, "
                 "every second one settled on the spot with a party of its own; a snapshot takes " +
                 std::to_string(static_cast<double>(saved.bytes().size()) / cases) +
                 " bytes a case and " + std::to_string(took * 1e3) + " ms to write into memory"});
}

// Deadlines come one by one, then many at once.
void print_ticks(const Run& run, Stepped& inner) {
  std::vector<double> took;
  for (int i = 0; i < kTicks; ++i) {
    const double from = seconds_now();
    const auto due = inner.decider().next_due();
    inner.tell_time(*due);
    took.push_back((seconds_now() - from) * 1e3);
    LAMPLIGHT_CHECK(inner.decided() >= 1, "what is due is answered");
  }
  const auto pending = inner.decider().book().timers().size();
  LAMPLIGHT_CHECK(pending >= kCases, "every open case has a timer");
  const double p99 = percentile(took, 99);
  const double middle = percentile(took, 50);
  const double worst = took.back();

  const TimeUs later = inner.decider().next_due()->plus_us(std::int64_t{3} * 86'400'000'000);
  std::vector<double> full;
  for (int i = 0; i < 20; ++i) {
    const double from = seconds_now();
    inner.tell_time(later);
    full.push_back((seconds_now() - from) * 1e3);
    LAMPLIGHT_CHECK(inner.decided() == kMaxFrameEvents, "a frame is filled");
  }
  run.print({"timers.tick",
             p99,
             "ms",
             {},
             "",
             "p99 of " + std::to_string(kTicks) + " times that the clock reaches a deadline with " +
                 std::to_string(pending) + " pending, decided, encoded and evolved; p50 " +
                 std::to_string(middle) + " ms, worst " + std::to_string(worst) +
                 " ms; where all were due at once, a full frame of 4096 took " +
                 std::to_string(percentile(full, 50)) + " ms"});
}

}  // namespace

void run_inner_state(const Run& run) {
  if (!run.wanted("inner.case_bytes") && !run.wanted("timers.tick")) return;
  malloc_trim(0);  // what figures before this one have freed is not to be filled unseen
  const double before = rss_bytes();
  Stepped inner;
  (void)open_cases(inner);
  const double bytes = rss_bytes() - before;
  if (run.wanted("inner.case_bytes")) print_bytes(run, inner, bytes);
  if (run.wanted("timers.tick")) print_ticks(run, inner);
}

}  // namespace lamplight::bench
