#include "preparer.hpp"

#include <algorithm>
#include <vector>

#include "base/logging.hpp"
#include "index_builder.hpp"
#include "segment_file.hpp"
#include "sidecar.hpp"

namespace lamplight::log {

Preparer::Preparer(Disk& disk, Settings settings)
    : disk_(disk), settings_(std::move(settings)), path_(path_in(settings_.folder, kPreparedName)) {
  if (!settings_.in_line) thread_ = std::thread([this] { work(); });
}

Preparer::~Preparer() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Preparer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    job();
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

void Preparer::submit(std::function<void()> job) {
  if (settings_.in_line) return job();
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void Preparer::begin() {
  if (settings_.in_line) return;
  {
    const std::lock_guard lock(mutex_);
    if (preparing_ || (prepared_ && prepared_->ok())) return;
    prepared_.reset();
    preparing_ = true;
  }
  submit([this] {
    auto made = make();
    {
      const std::lock_guard lock(mutex_);
      prepared_ = std::move(made);
      preparing_ = false;
    }
    changed_.notify_all();
  });
}

std::optional<Error> Preparer::refusal(std::chrono::milliseconds patience) {
  if (settings_.in_line) {
    if (!prepared_ || !prepared_->ok()) prepared_ = make();
  } else {
    const bool tried = [this] {
      const std::lock_guard lock(mutex_);
      return prepared_.has_value();
    }();
    if (!tried) begin();
  }
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [this] { return !preparing_; })) {
    return Error(Code::kOverloaded, settings_.folder +
                                        ": the next segment is still being made ready; try again "
                                        "in a moment");
  }
  if (prepared_->ok() || prepared_->error().code() != Code::kOverloaded) return std::nullopt;
  return prepared_->error();
}

bool Preparer::wants_room() {
  const std::lock_guard lock(mutex_);
  return prepared_ && !prepared_->ok() && prepared_->error().code() == Code::kOverloaded;
}

Result<std::unique_ptr<File>> Preparer::take() {
  std::unique_lock lock(mutex_);
  LAMPLIGHT_CHECK(prepared_.has_value(), "a roll is planned once its segment is ready");
  auto taken = std::move(*prepared_);
  prepared_.reset();
  return taken;
}

void Preparer::write_sidecar_later(SegmentIndex index) {
  // A std::function wants to be copied: the index is shared rather than copied with it.
  const auto shared = std::make_shared<const SegmentIndex>(std::move(index));
  submit([this, shared] { write_sidecar_now(*shared); });
}

void Preparer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

std::optional<Error> Preparer::no_room() {
  const auto free = disk_.free_bytes(settings_.folder);
  if (!free) return free.error();
  if (*free >= settings_.segment_bytes + settings_.reserve_bytes) return std::nullopt;
  return Error(Code::kOverloaded,
               settings_.folder + ": " + std::to_string(*free) +
                   " bytes free, the next segment needs " +
                   std::to_string(settings_.segment_bytes) + " and a reserve of " +
                   std::to_string(settings_.reserve_bytes) + "; make room on the disk");
}

Result<std::unique_ptr<File>> Preparer::make() {
  if (settings_.reuse && disk_.exists(path_)) {
    if (auto left_over = reuse_left_over()) return left_over;
  }
  if (disk_.exists(path_)) {
    if (auto done = disk_.remove(path_); !done) return done.error();
  }
  if (const auto refused = no_room()) return *refused;
  auto file = disk_.open(path_, OpenMode::kCreateOrTruncate);
  if (!file) return file;
  if (auto done = write_zeros(**file, 0, settings_.segment_bytes); !done) {
    file.value().reset();
    (void)disk_.remove(path_);  // gives its room back; the failure that counts is the write's
    return done.error();
  }
  return file;
}

Result<std::unique_ptr<File>> Preparer::reuse_left_over() {
  auto file = disk_.open(path_, OpenMode::kReadWrite);
  if (!file) return file;
  const auto size = (*file)->size();
  if (!size) return size.error();
  const auto content = end_of_content(**file, 0);
  if (!content) return content.error();
  if (*size != settings_.segment_bytes || *content != 0)
    return Error(Code::kDamaged, path_ + " is not all zeros");
  if (auto done = (*file)->sync(); !done) return done.error();
  return file;
}

void Preparer::write_sidecar_now(const SegmentIndex& index) {
  const std::string path = path_in(settings_.folder, sidecar_name(index.first));
  if (auto done = write_sidecar(disk_, path, index); !done) {
    logging::warning(
        "event=sidecar_not_written path={} error=\"{}\" next=\"the next start rebuilds it\"", path,
        done.error().message());
  }
}

}  // namespace lamplight::log
