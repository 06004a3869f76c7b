#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"

namespace lamplight::log::test {

/// The files of a disk, by path.
using Files = std::map<std::string, std::string>;

/// A disk in memory, as large as it is told to be: thousands of logs are opened, damaged and opened again in seconds.
/// Threads: any; one mutex guards everything.
class MemoryDisk final : public Disk {
 public:
  MemoryDisk() = default;
  explicit MemoryDisk(const Files& files) {
    for (const auto& [path, content] : files) names_[path] = std::make_shared<std::string>(content);
  }

  [[nodiscard]] Files files() const {
    const std::lock_guard lock(mutex_);
    Files files;
    for (const auto& [path, content] : names_) files[path] = *content;
    return files;
  }
  /// Bytes that fit; what a write would need beyond is refused, as on a disk that is full.
  void set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    capacity_ = bytes;
  }
  [[nodiscard]] std::uint64_t used() const {
    const std::lock_guard lock(mutex_);
    return used_locked();
  }
  /// What `free_bytes` says, whatever is free: others fill the disk between the look and the write.
  void tell_free(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    told_free_ = bytes;
  }
  /// The `calls`-th change from now on fails, and all behind it, as for a process that was killed; 0: none does.
  void fail_after(std::uint64_t calls) {
    const std::lock_guard lock(mutex_);
    left_ = calls;
    failing_ = calls > 0;
  }
  /// Calls that changed something, or tried to.
  [[nodiscard]] std::uint64_t changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override {
    const std::lock_guard lock(mutex_);
    if (auto done = change(); !done) return done;
    const auto found = names_.find(from);
    if (found == names_.end()) return Error(Code::kNotFound, from);
    names_[to] = found->second;
    names_.erase(found);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    if (auto done = change(); !done) return done;
    if (names_.erase(path) == 0) return Error(Code::kNotFound, path);
    return {};
  }
  Result<void> make_folder(const std::string&) override { return {}; }
  Result<void> sync_folder(const std::string&) override { return {}; }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> plain;
    for (const auto& [path, content] : names_) {
      const bool below = path.starts_with(folder + "/");
      if (below && path.find('/', folder.size() + 1) == std::string::npos)
        plain.push_back(path.substr(folder.size() + 1));
    }
    return plain;
  }
  bool exists(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    return names_.contains(path);
  }
  Result<std::uint64_t> free_bytes(const std::string&) override {
    const std::lock_guard lock(mutex_);
    if (told_free_) return *told_free_;
    return capacity_ > used_locked() ? capacity_ - used_locked() : 0;
  }
  Result<std::unique_ptr<File>> lock(const std::string& path) override;

 private:
  class OpenFile;
  class Lock;
  using Content = std::shared_ptr<std::string>;

  [[nodiscard]] Result<void> change() {
    ++changes_;
    if (failing_ && (left_ == 0 || --left_ == 0)) return Error(Code::kIo, "the process is gone");
    return {};
  }
  [[nodiscard]] std::uint64_t used_locked() const {
    std::uint64_t bytes = 0;
    for (const auto& [path, content] : names_) bytes += content->size();
    return bytes;
  }
  [[nodiscard]] Result<void> write(std::string& content, std::uint64_t at, Bytes bytes) {
    const std::lock_guard lock(mutex_);
    if (auto done = change(); !done) return done;
    const std::uint64_t end = at + bytes.size();
    if (end > content.size()) {
      if (used_locked() + end - content.size() > capacity_)
        return Error(Code::kOverloaded, "write: no space left on device");
      content.resize(end, '\0');
    }
    std::memcpy(content.data() + at, bytes.data(), bytes.size());
    return {};
  }

  mutable std::mutex mutex_;
  std::map<std::string, Content> names_;
  std::map<std::string, int> locks_;
  std::uint64_t capacity_ = 1ULL << 40;
  std::optional<std::uint64_t> told_free_;
  std::uint64_t changes_ = 0;
  std::uint64_t left_ = 0;
  bool failing_ = false;
};

class MemoryDisk::OpenFile final : public File {
 public:
  OpenFile(MemoryDisk& disk, Content content) : disk_(disk), content_(std::move(content)) {}
  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    const std::lock_guard lock(disk_.mutex_);
    if (at >= content_->size()) return std::size_t{0};
    const std::size_t n = std::min<std::size_t>(out.size(), content_->size() - at);
    std::memcpy(out.data(), content_->data() + at, n);
    return n;
  }
  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    return disk_.write(*content_, at, bytes);
  }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() const override {
    const std::lock_guard lock(disk_.mutex_);
    return std::uint64_t{content_->size()};
  }
  Result<void> truncate(std::uint64_t size) override {
    const std::lock_guard lock(disk_.mutex_);
    if (auto done = disk_.change(); !done) return done;
    content_->resize(size, '\0');
    return {};
  }

 private:
  MemoryDisk& disk_;
  Content content_;
};

class MemoryDisk::Lock final : public File {
 public:
  Lock(MemoryDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}
  ~Lock() override {
    const std::lock_guard lock(disk_.mutex_);
    disk_.locks_.erase(path_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  Result<std::size_t> read_at(std::uint64_t, std::span<std::uint8_t>) const override {
    return std::size_t{0};
  }
  Result<void> write_at(std::uint64_t, Bytes) override { return {}; }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() const override { return std::uint64_t{0}; }
  Result<void> truncate(std::uint64_t) override { return {}; }

 private:
  MemoryDisk& disk_;
  std::string path_;
};

inline Result<std::unique_ptr<File>> MemoryDisk::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  const bool creates = mode == OpenMode::kCreate || mode == OpenMode::kCreateOrTruncate;
  if (creates) {
    if (auto done = change(); !done) return done.error();
  }
  const auto found = names_.find(path);
  if (found == names_.end() && !creates) return Error(Code::kNotFound, path);
  if (found != names_.end() && mode == OpenMode::kCreate) return Error(Code::kExists, path);
  if (found == names_.end()) names_[path] = std::make_shared<std::string>();
  else if (mode == OpenMode::kCreateOrTruncate) found->second->clear();
  return std::unique_ptr<File>(std::make_unique<OpenFile>(*this, names_[path]));
}

inline Result<std::unique_ptr<File>> MemoryDisk::lock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (!locks_.emplace(path, 1).second) return Error(Code::kExists, path + " is held");
  ++changes_;
  if (!names_.contains(path)) names_[path] = std::make_shared<std::string>();
  return std::unique_ptr<File>(std::make_unique<Lock>(*this, path));
}

/// Time that stands until it is moved.
class StoppedClock final : public Clock {
 public:
  TimeUs wall() const override { return {now_us_}; }
  std::int64_t monotonic_us() const override { return now_us_; }
  void advance_us(std::int64_t us) { now_us_ += us; }

 private:
  std::int64_t now_us_ = 1'000'000;
};

/// The same bytes every time.
class CountingRandom final : public Random {
 public:
  explicit CountingRandom(std::uint8_t from = 1) : next_(from) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& b : out) b = next_++;
  }

 private:
  std::uint8_t next_;
};

}  // namespace lamplight::log::test
