#include "base/production_env.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace lamplight {

namespace {

Error failure(const char* call, const std::string& path, int reason) {
  const Code code = reason == ENOENT                       ? Code::kNotFound
                    : reason == EEXIST                     ? Code::kExists
                    : reason == ENOSPC || reason == EDQUOT ? Code::kOverloaded
                                                           : Code::kIo;
  return {code, std::string(call) + " " + path + ": " + std::strerror(reason)};
}

std::int64_t read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

class SystemClock final : public Clock {
 public:
  TimeUs wall() const override { return {read_clock(CLOCK_REALTIME)}; }
  std::int64_t monotonic_us() const override { return read_clock(CLOCK_MONOTONIC); }
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    std::size_t at = 0;
    while (at < out.size()) {
      if (left == 0) refill();
      const std::size_t n = std::min(left, out.size() - at);
      std::memcpy(out.data() + at, pool.data() + (pool.size() - left), n);
      left -= n;
      at += n;
    }
  }

 private:
  void refill() {
    std::size_t have = 0;
    while (have < pool.size()) {
      const ssize_t n = getrandom(pool.data() + have, pool.size() - have, 0);
      LAMPLIGHT_CHECK(n > 0 || errno == EINTR, "getrandom works");
      if (n > 0) have += static_cast<std::size_t>(n);
    }
    left = pool.size();
  }
  // A pool a thread: one system call for many ids.
  static thread_local std::array<std::uint8_t, 4096> pool;
  static thread_local std::size_t left;
};
thread_local std::array<std::uint8_t, 4096> SystemRandom::pool{};
thread_local std::size_t SystemRandom::left = 0;

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixFile() override { ::close(fd_); }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    std::size_t have = 0;
    while (have < out.size()) {
      const ssize_t n =
          ::pread(fd_, out.data() + have, out.size() - have, static_cast<off_t>(at + have));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failure("pread", path_, errno);
      if (n == 0) break;
      have += static_cast<std::size_t>(n);
    }
    return have;
  }
  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t n =
          ::pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failure("pwrite", path_, errno);
      done += static_cast<std::size_t>(n);
    }
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(fd_) != 0) return failure("fdatasync", path_, errno);
    return {};
  }
  Result<std::uint64_t> size() const override {
    struct stat info {};
    if (::fstat(fd_, &info) != 0) return failure("fstat", path_, errno);
    return static_cast<std::uint64_t>(info.st_size);
  }
  Result<void> truncate(std::uint64_t size) override {
    if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return failure("ftruncate", path_, errno);
    return {};
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  std::string path_;
};

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead: return O_RDONLY;
    case OpenMode::kReadWrite: return O_RDWR;
    case OpenMode::kCreate: return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::kCreateOrTruncate: return O_RDWR | O_CREAT | O_TRUNC;
  }
  return O_RDONLY;
}

class PosixDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    const int fd = ::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0600);
    if (fd < 0) return failure("open", path, errno);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0)
      return failure("rename", from + " to " + to, errno);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return failure("unlink", path, errno);
    return {};
  }
  Result<void> make_folder(const std::string& path) override {
    for (std::size_t at = 1; at <= path.size(); ++at) {
      if (at != path.size() && path[at] != '/') continue;
      const std::string part = path.substr(0, at);
      if (::mkdir(part.c_str(), 0700) == 0) {
        // The new name must survive power loss, or everything below it goes too.
        const auto slash = part.rfind('/');
        const std::string parent = slash == std::string::npos ? "."
                                   : slash == 0               ? "/"
                                                              : part.substr(0, slash);
        if (auto done = sync_folder(parent); !done) return done;
      } else if (errno != EEXIST) {
        return failure("mkdir", part, errno);
      }
    }
    return {};
  }
  Result<void> sync_folder(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failure("open", path, errno);
    const int status = ::fsync(fd);
    const int reason = errno;
    ::close(fd);
    if (status != 0) return failure("fsync", path, reason);
    return {};
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    DIR* dir = ::opendir(folder.c_str());
    if (dir == nullptr) return failure("opendir", folder, errno);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(dir)) {
      struct stat info {};
      const std::string name = entry->d_name;
      if (::stat((folder + "/" + name).c_str(), &info) == 0 && S_ISREG(info.st_mode))
        names.push_back(name);
    }
    ::closedir(dir);
    std::sort(names.begin(), names.end());
    return names;
  }
  bool exists(const std::string& path) override {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0;
  }
  Result<std::uint64_t> free_bytes(const std::string& folder) override {
    struct statvfs info {};
    if (::statvfs(folder.c_str(), &info) != 0) return failure("statvfs", folder, errno);
    return std::uint64_t{info.f_bavail} * info.f_frsize;
  }
  Result<std::unique_ptr<File>> lock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return failure("open", path, errno);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      const int reason = errno;
      ::close(fd);
      if (reason != EWOULDBLOCK) return failure("flock", path, reason);
      return Error(Code::kExists, path + " is held by another process; stop it first");
    }
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }
};

}  // namespace

struct ProductionEnv::Parts {
  SystemClock clock;
  PosixDisk disk;
  SystemRandom random;
};

ProductionEnv::ProductionEnv() : parts_(std::make_unique<Parts>()) {}
ProductionEnv::~ProductionEnv() = default;
Env ProductionEnv::env() { return {parts_->clock, parts_->disk, parts_->random}; }

}  // namespace lamplight
