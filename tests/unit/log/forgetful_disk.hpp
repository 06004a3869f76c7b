#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/env.hpp"

namespace lamplight::log::test {

/// A disk in memory that loses power: what no sync covered comes back in part, sector by sector, or not at all. After a
/// chosen number of calls that change something the machine is dead: everything fails until `restart`. Threads: one.
class ForgetfulDisk final : public Disk {
 public:
  /// The machine dies with the `calls`-th change from now on; 0 never.
  void die_after(std::uint64_t calls) {
    left_ = calls;
    counting_ = calls > 0;
    dead_ = false;
  }
  [[nodiscard]] bool dead() const { return dead_; }

  /// Power goes and comes back.
  void restart(std::mt19937_64& rng) {
    dead_ = counting_ = false;
    // A rename that no folder sync covered may have reached the disk all the same.
    if (rng() % 2 == 0) safe_names_ = names_;
    names_ = safe_names_;
    for (auto& [path, inode] : names_) inode->now = inode->safe = torn(*inode, rng);
  }

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (auto done = change(); !done) return done;
    const auto found = names_.find(from);
    if (found == names_.end()) return Error(Code::kNotFound, from);
    names_[to] = found->second;
    names_.erase(from);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    if (auto done = change(); !done) return done;
    if (names_.erase(path) == 0) return Error(Code::kNotFound, path);
    return {};
  }
  Result<void> make_folder(const std::string&) override { return alive(); }
  Result<void> sync_folder(const std::string&) override {
    if (auto done = change(); !done) return done;
    safe_names_ = names_;
    return {};
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    if (auto done = alive(); !done) return done.error();
    std::vector<std::string> plain;
    for (const auto& [path, inode] : names_) {
      if (path.starts_with(folder + "/")) plain.push_back(path.substr(folder.size() + 1));
    }
    return plain;
  }
  bool exists(const std::string& path) override { return names_.contains(path); }
  Result<std::uint64_t> free_bytes(const std::string&) override { return std::uint64_t{1} << 40; }
  Result<std::unique_ptr<File>> lock(const std::string& path) override {
    if (auto done = alive(); !done) return done.error();
    return open(path, OpenMode::kCreateOrTruncate);
  }

 private:
  struct Inode {
    std::string now;
    std::string safe;
  };
  class OpenFile;

  static std::string torn(const Inode& inode, std::mt19937_64& rng) {
    constexpr std::size_t kSector = 512;
    std::string left = inode.safe;
    if (inode.now.size() > left.size())
      left.resize(left.size() + rng() % (inode.now.size() - left.size() + 1), '\0');
    for (std::size_t at = 0; at < std::min(left.size(), inode.now.size()); at += kSector) {
      const std::size_t n = std::min({kSector, left.size() - at, inode.now.size() - at});
      if (rng() % 2 == 0) std::memcpy(left.data() + at, inode.now.data() + at, n);
    }
    return left;
  }
  [[nodiscard]] Result<void> alive() const {
    if (dead_) return Error(Code::kIo, "the machine has no power");
    return {};
  }
  [[nodiscard]] Result<void> change() {
    if (counting_ && left_ > 0 && --left_ == 0) dead_ = true;
    return alive();
  }

  std::map<std::string, std::shared_ptr<Inode>> names_;
  std::map<std::string, std::shared_ptr<Inode>> safe_names_;
  std::uint64_t left_ = 0;
  bool counting_ = false;
  bool dead_ = false;
};

class ForgetfulDisk::OpenFile final : public File {
 public:
  OpenFile(ForgetfulDisk& disk, std::shared_ptr<Inode> inode)
      : disk_(disk), inode_(std::move(inode)) {}
  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    if (auto done = disk_.alive(); !done) return done.error();
    const std::string& now = inode_->now;
    if (at >= now.size()) return std::size_t{0};
    const std::size_t n = std::min<std::size_t>(out.size(), now.size() - at);
    std::memcpy(out.data(), now.data() + at, n);
    return n;
  }
  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    auto done = disk_.change();
    // The power may go in the middle of a write: then a part of it is there.
    const std::size_t n = done ? bytes.size() : bytes.size() / 2;
    if (!done && disk_.left_ > 0) return done;
    if (inode_->now.size() < at + n) inode_->now.resize(at + n, '\0');
    std::memcpy(inode_->now.data() + at, bytes.data(), n);
    return done;
  }
  Result<void> sync() override {
    if (auto done = disk_.change(); !done) return done;
    inode_->safe = inode_->now;
    return {};
  }
  Result<std::uint64_t> size() const override { return std::uint64_t{inode_->now.size()}; }
  Result<void> truncate(std::uint64_t size) override {
    if (auto done = disk_.change(); !done) return done;
    inode_->now.resize(size, '\0');
    return {};
  }

 private:
  ForgetfulDisk& disk_;
  std::shared_ptr<Inode> inode_;
};

inline Result<std::unique_ptr<File>> ForgetfulDisk::open(const std::string& path, OpenMode mode) {
  if (auto done = alive(); !done) return done.error();
  const bool creates = mode == OpenMode::kCreate || mode == OpenMode::kCreateOrTruncate;
  const auto found = names_.find(path);
  if (found == names_.end() && !creates) return Error(Code::kNotFound, path);
  if (found != names_.end() && mode == OpenMode::kCreate) return Error(Code::kExists, path);
  if (found == names_.end()) {
    names_[path] = std::make_shared<Inode>();
  } else if (mode == OpenMode::kCreateOrTruncate) {
    found->second->now.clear();
  }
  return std::unique_ptr<File>(std::make_unique<OpenFile>(*this, names_[path]));
}

}  // namespace lamplight::log::test
