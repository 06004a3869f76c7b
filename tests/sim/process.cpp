#include "process.hpp"

#include <algorithm>

namespace lamplight::simtest {

namespace {
constexpr std::int64_t kRoundUs = 20;  // from being woken to the round
constexpr std::int64_t kDrainUs = 5'000;
}  // namespace

void Process::start() {
  if (running()) return;
  ++starts_;
  stopping_ = false;
  due_us_ = -1;
  life_ = std::make_shared<sim::Life>();
  disk_ = std::make_unique<sim::ProcessDisk>(platter_, life_);
  random_ = std::make_unique<sim::SeededRandom>(chance_.fork());
  around_.trace.line(now_us(), "{} starts ({})", name_, starts_);
  const auto begun = begin(Env{clock_, *disk_, *random_});
  if (life_->over) return;  // crashed on the way
  if (!begun) return crash("does not start: " + begun.error().message());
  wake();
}

void Process::wake() { run_at(now_us() + kRoundUs); }

void Process::run_at(std::int64_t when_us) {
  if (!running() || (due_us_ >= 0 && due_us_ <= when_us)) return;
  due_us_ = when_us;
  around_.scheduler.at(when_us, [this, life = life_, when_us] {
    if (life->over || due_us_ != when_us) return;
    due_us_ = -1;
    run_round();
  });
}

void Process::run_round() {
  if (stopping_) {
    const auto done = drain();
    if (life_->over) return;
    if (!done) return crash("stops and fails: " + done.error().message());
    if (*done) return crash("has stopped");
    return run_at(now_us() + kDrainUs);
  }
  const auto next = round();
  if (life_->over) return;
  if (!next) return crash("exits: " + next.error().message());
  run_at(std::max(*next, now_us() + 1));
}

void Process::crash(const std::string& why) {
  if (life_ == nullptr) return;
  life_->over = true;
  around_.trace.line(now_us(), "{} {}", name_, why);
  finished();
}

void Process::crash_in_disk_call(std::uint64_t calls, std::function<void()> on_end) {
  if (!running()) return;
  life_->disk_calls_left = calls;
  life_->on_end = [this, life = std::weak_ptr(life_), on_end = std::move(on_end)] {
    // Not from within the call: it returns into the process's own code.
    around_.scheduler.after(0, [this, life, on_end] {
      if (life_ == nullptr || life.lock() != life_) return;
      around_.trace.line(now_us(), "{} is killed in a disk call", name_);
      finished();
      on_end();
    });
  };
}

void Process::finished() {
  end();
  disk_.reset();
  random_.reset();
  life_.reset();
  const auto wait = restart_after ? restart_after() : std::nullopt;
  if (wait) around_.scheduler.after(*wait, [this] { start(); });
}

}  // namespace lamplight::simtest
