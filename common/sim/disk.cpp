#include "sim/disk.hpp"

#include <algorithm>
#include <cstring>

namespace lamplight::sim {

namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

Error gone() { return {Code::kIo, "the process is gone"}; }
Error not_found(const std::string& path) { return {Code::kNotFound, path + ": no such file"}; }

/// Counts down a call; false when the process's life is over, perhaps with this very call.
bool alive(Life& life) {
  if (life.over) return false;
  if (!life.disk_calls_left) return true;
  if (*life.disk_calls_left > 0) {
    --*life.disk_calls_left;
    return true;
  }
  life.over = true;
  if (life.on_end) life.on_end();
  return false;
}

}  // namespace

// --- the platter -----------------------------------------------------------------------------------

Platter::Platter(std::string name, const Scheduler& scheduler, SeededRandom random, Trace& trace)
    : name_(std::move(name)), scheduler_(scheduler), random_(random), trace_(trace) {}

void Platter::apply(std::string& bytes, const Write& write) {
  if (write.bytes.empty()) {
    bytes.resize(write.at);
    return;
  }
  const std::size_t end = write.at + write.bytes.size();
  if (bytes.size() < end) bytes.resize(end, '\0');
  std::copy(write.bytes.begin(), write.bytes.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(write.at));
}

void Platter::write(Inode& inode, Write write) {
  apply(inode.seen, write);
  inode.unsynced.push_back(std::move(write));
}

Result<void> Platter::sync(Inode& inode, const std::string& path) {
  if (random_.chance(faults.sync_fails)) {
    trace_.fault(scheduler_.now_us(), "sync_fails", "{} {}", name_, path);
    settle(inode);  // the kernel calls the pages clean now, whatever became of them
    return Error(Code::kIo, "fdatasync " + path + ": simulated EIO");
  }
  for (const Write& write : inode.unsynced) apply(inode.safe, write);
  inode.unsynced.clear();
  return {};
}

// Some of the unsynced writes reach the disk, the last of these perhaps in part; the rest never will.
void Platter::settle(Inode& inode) {
  std::vector<Write> kept;
  for (Write& write : inode.unsynced) {
    if (random_.chance(500'000)) kept.push_back(std::move(write));
  }
  inode.unsynced.clear();
  if (!kept.empty() && kept.back().bytes.size() > 1 && random_.chance(500'000)) {
    std::string& last = kept.back().bytes;
    const std::size_t part = 1 + random_.below(last.size() - 1);
    trace_.fault(scheduler_.now_us(), "torn_write", "{} {} of {} bytes", name_, part, last.size());
    last.resize(part);
  }
  for (const Write& write : kept) apply(inode.safe, write);
}

void Platter::apply(std::map<std::string, InodePtr>& names, const NameChange& change) {
  if (change.now) names[change.path] = change.now;
  else names.erase(change.path);
  if (!change.from.empty()) names.erase(change.from);
}

void Platter::name(const std::string& path, InodePtr inode, std::string from) {
  unsynced_names_.push_back({folder_of(path), path, std::move(inode), std::move(from)});
  apply(names_, unsynced_names_.back());
}

void Platter::sync_folder(const std::string& folder) {
  const auto of_folder = [&folder](const NameChange& change) { return change.folder == folder; };
  for (const NameChange& change : unsynced_names_) {
    if (of_folder(change)) apply(safe_names_, change);
  }
  std::erase_if(unsynced_names_, of_folder);
}

void Platter::lose_power() {
  std::uint64_t lost_writes = 0;
  std::map<const Inode*, InodePtr> inodes;
  std::vector<InodePtr> in_order;  // by name: addresses differ from run to run
  for (const auto* names : {&safe_names_, &names_}) {
    for (const auto& [path, inode] : *names) {
      if (inodes.emplace(inode.get(), inode).second) in_order.push_back(inode);
    }
  }
  for (const InodePtr& inode : in_order) {
    lost_writes += inode->unsynced.size();
    settle(*inode);
    inode->seen = inode->safe;
  }
  const std::size_t kept = random_.below(unsynced_names_.size() + 1);
  const std::size_t lost = unsynced_names_.size() - kept;
  for (std::size_t i = 0; i < kept; ++i) apply(safe_names_, unsynced_names_[i]);
  unsynced_names_.clear();
  names_ = safe_names_;
  locks_.clear();
  trace_.fault(scheduler_.now_us(), "power_loss", "{} unsynced writes={} lost names={}", name_,
               lost_writes, lost);
}

std::uint64_t Platter::used() const {
  std::uint64_t bytes = 0;
  for (const auto& [path, inode] : names_) bytes += inode->seen.size();
  return bytes;
}

void Platter::flip_bit(const std::string& path, std::uint64_t byte, unsigned bit) {
  const auto found = names_.find(path);
  if (found == names_.end()) return;
  const auto flip = [&](std::string& bytes) {
    if (byte < bytes.size()) bytes[byte] = static_cast<char>(bytes[byte] ^ (1 << bit));
  };
  flip(found->second->seen);
  flip(found->second->safe);
}

std::vector<std::string> Platter::paths() const {
  std::vector<std::string> out;
  for (const auto& [path, inode] : names_) out.push_back(path);
  return out;
}

const std::string* Platter::content(const std::string& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : &found->second->seen;
}

// --- a process's way to it -------------------------------------------------------------------------

class OpenFile final : public File {
 public:
  OpenFile(Platter& platter, std::shared_ptr<Life> life, Platter::InodePtr inode, std::string path)
      : platter_(platter),
        life_(std::move(life)),
        inode_(std::move(inode)),
        path_(std::move(path)) {}

  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    if (!alive(*life_)) return gone();
    if (platter_.random_.chance(platter_.faults.read_fails)) {
      platter_.trace_.fault(platter_.scheduler_.now_us(), "read_fails", "{} {}", platter_.name_,
                            path_);
      return Error(Code::kIo, "pread " + path_ + ": simulated EIO");
    }
    const std::string& bytes = inode_->seen;
    if (at >= bytes.size()) return std::size_t{0};
    const std::size_t n = std::min<std::size_t>(out.size(), bytes.size() - at);
    std::memcpy(out.data(), bytes.data() + at, n);
    return n;
  }

  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    if (life_->over) return gone();
    if (!alive(*life_)) {  // it ended in this call: a part may be there
      write_part(at, bytes, bytes.size());
      return gone();
    }
    if (platter_.random_.chance(platter_.faults.write_fails)) {
      platter_.trace_.fault(platter_.scheduler_.now_us(), "write_fails", "{} {}", platter_.name_,
                            path_);
      write_part(at, bytes, bytes.size());
      return Error(Code::kIo, "pwrite " + path_ + ": simulated EIO");
    }
    const std::uint64_t size = inode_->seen.size();
    const std::uint64_t grows = at + bytes.size() > size ? at + bytes.size() - size : 0;
    const std::uint64_t used = grows > 0 ? platter_.used() : 0;
    if (grows > 0 && used + grows > platter_.capacity) {
      platter_.trace_.fault(platter_.scheduler_.now_us(), "disk_full", "{} {}", platter_.name_,
                            path_);
      const std::uint64_t room = platter_.capacity > used ? platter_.capacity - used : 0;
      const std::uint64_t over = grows - std::min(room, grows);
      write_part(at, bytes, bytes.size() > over ? bytes.size() - over : 0);
      return Error(Code::kOverloaded, "pwrite " + path_ + ": simulated ENOSPC");
    }
    if (!bytes.empty()) platter_.write(*inode_, {at, std::string(as_text(bytes))});
    return {};
  }

  Result<void> sync() override {
    if (!alive(*life_)) return gone();
    return platter_.sync(*inode_, path_);
  }
  Result<std::uint64_t> size() const override {
    if (!alive(*life_)) return gone();
    return std::uint64_t{inode_->seen.size()};
  }
  Result<void> truncate(std::uint64_t size) override {
    if (!alive(*life_)) return gone();
    platter_.write(*inode_, {size, {}});
    return {};
  }

 private:
  void write_part(std::uint64_t at, Bytes bytes, std::size_t limit) {
    const std::size_t part = platter_.random_.below(limit + 1);
    if (part > 0) platter_.write(*inode_, {at, std::string(as_text(bytes.first(part)))});
  }

  Platter& platter_;
  std::shared_ptr<Life> life_;
  Platter::InodePtr inode_;
  std::string path_;
};

namespace {
class HeldLock final : public File {
 public:
  explicit HeldLock(std::function<void()> release) : release_(std::move(release)) {}
  ~HeldLock() override { release_(); }
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  Result<std::size_t> read_at(std::uint64_t, std::span<std::uint8_t>) const override {
    return std::size_t{0};
  }
  Result<void> write_at(std::uint64_t, Bytes) override { return {}; }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() const override { return std::uint64_t{0}; }
  Result<void> truncate(std::uint64_t) override { return {}; }

 private:
  std::function<void()> release_;
};
}  // namespace

Result<std::unique_ptr<File>> ProcessDisk::open(const std::string& path, OpenMode mode) {
  if (!alive(*life_)) return gone();
  const auto found = platter_.names_.find(path);
  const bool there = found != platter_.names_.end();
  Platter::InodePtr inode = there ? found->second : nullptr;
  if (mode == OpenMode::kCreate && there) return Error(Code::kExists, path + ": exists");
  if ((mode == OpenMode::kRead || mode == OpenMode::kReadWrite) && !there) return not_found(path);
  if (!there) {
    inode = std::make_shared<Platter::Inode>();
    platter_.name(path, inode);
  } else if (mode == OpenMode::kCreateOrTruncate) {
    platter_.write(*inode, {0, {}});
  }
  return std::unique_ptr<File>(std::make_unique<OpenFile>(platter_, life_, std::move(inode), path));
}

Result<void> ProcessDisk::rename(const std::string& from, const std::string& to) {
  if (!alive(*life_)) return gone();
  const auto found = platter_.names_.find(from);
  if (found == platter_.names_.end()) return not_found(from);
  const Platter::InodePtr inode = found->second;
  platter_.name(to, inode, from);
  return {};
}

Result<void> ProcessDisk::remove(const std::string& path) {
  if (!alive(*life_)) return gone();
  if (!platter_.names_.contains(path)) return not_found(path);
  platter_.name(path, nullptr);
  return {};
}

Result<void> ProcessDisk::make_folder(const std::string& path) {
  if (!alive(*life_)) return gone();
  platter_.folders_.insert(path);
  return {};
}

Result<void> ProcessDisk::sync_folder(const std::string& path) {
  if (!alive(*life_)) return gone();
  platter_.sync_folder(path);
  return {};
}

Result<std::vector<std::string>> ProcessDisk::list(const std::string& folder) {
  if (!alive(*life_)) return gone();
  if (!platter_.folders_.contains(folder)) return not_found(folder);
  std::vector<std::string> out;
  const std::string prefix = folder + "/";
  for (auto at = platter_.names_.lower_bound(prefix);
       at != platter_.names_.end() && at->first.starts_with(prefix); ++at) {
    const std::string rest = at->first.substr(prefix.size());
    if (rest.find('/') == std::string::npos) out.push_back(rest);
  }
  return out;
}

bool ProcessDisk::exists(const std::string& path) {
  return alive(*life_) && platter_.names_.contains(path);
}

Result<std::uint64_t> ProcessDisk::free_bytes(const std::string&) {
  if (!alive(*life_)) return gone();
  const std::uint64_t used = platter_.used();
  return platter_.capacity > used ? platter_.capacity - used : std::uint64_t{0};
}

Result<std::unique_ptr<File>> ProcessDisk::lock(const std::string& path) {
  if (!alive(*life_)) return gone();
  if (!platter_.locks_.insert(path).second)
    return Error(Code::kExists, path + ": held by another process");
  return std::unique_ptr<File>(
      std::make_unique<HeldLock>([platter = &platter_, path] { platter->locks_.erase(path); }));
}

}  // namespace lamplight::sim
