#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/env.hpp"

namespace lamplight::log::test {

/// What a reader sees of a disk that somebody else goes on writing: `before` runs before each of the reader's looks,
/// with the look's number from 0 on. Threads: one.
class WatchedDisk final : public Disk {
 public:
  using Before = std::function<void(std::uint64_t look)>;

  WatchedDisk(Disk& disk, Before before) : disk_(disk), before_(std::move(before)) {}

  [[nodiscard]] std::uint64_t looks() const { return looks_; }
  void look() { before_(looks_++); }

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override {
    return disk_.rename(from, to);
  }
  Result<void> remove(const std::string& path) override { return disk_.remove(path); }
  Result<void> make_folder(const std::string& path) override { return disk_.make_folder(path); }
  Result<void> sync_folder(const std::string& path) override { return disk_.sync_folder(path); }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    look();
    return disk_.list(folder);
  }
  bool exists(const std::string& path) override {
    look();
    return disk_.exists(path);
  }
  Result<std::uint64_t> free_bytes(const std::string& folder) override {
    return disk_.free_bytes(folder);
  }
  Result<std::unique_ptr<File>> lock(const std::string& path) override { return disk_.lock(path); }

 private:
  class WatchedFile;

  Disk& disk_;
  Before before_;
  std::uint64_t looks_ = 0;
};

class WatchedDisk::WatchedFile final : public File {
 public:
  WatchedFile(std::unique_ptr<File> file, WatchedDisk& disk)
      : file_(std::move(file)), disk_(disk) {}
  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    disk_.look();
    return file_->read_at(at, out);
  }
  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    return file_->write_at(at, bytes);
  }
  Result<void> sync() override { return file_->sync(); }
  Result<std::uint64_t> size() const override {
    disk_.look();
    return file_->size();
  }
  Result<void> truncate(std::uint64_t size) override { return file_->truncate(size); }

 private:
  std::unique_ptr<File> file_;
  WatchedDisk& disk_;
};

inline Result<std::unique_ptr<File>> WatchedDisk::open(const std::string& path, OpenMode mode) {
  look();
  auto file = disk_.open(path, mode);
  if (!file) return file;
  return std::unique_ptr<File>(std::make_unique<WatchedFile>(std::move(file).value(), *this));
}

}  // namespace lamplight::log::test
