#include "sync_thread.hpp"

#include <utility>

namespace lamplight::bus {

SyncThread::SyncThread(const Wake& wake) : wake_(wake), thread_([this] { work(); }) {}

SyncThread::~SyncThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  handed_in_.notify_one();
  thread_.join();
}

void SyncThread::start(std::unique_ptr<log::PendingSync> sync) {
  {
    const std::lock_guard lock(mutex_);
    LAMPLIGHT_CHECK(!todo_ && !done_, "one sync at a time");
    todo_ = std::move(sync);
  }
  handed_in_.notify_one();
}

std::optional<SyncThread::Finished> SyncThread::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, std::nullopt);
}

void SyncThread::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    handed_in_.wait(lock, [this] { return todo_ != nullptr || stop_; });
    if (!todo_) return;
    Finished finished{std::move(todo_), {}};
    lock.unlock();
    finished.outcome = finished.sync->run();
    lock.lock();
    done_ = std::move(finished);
    wake_.ring();
  }
}

}  // namespace lamplight::bus
