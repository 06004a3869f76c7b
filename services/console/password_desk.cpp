#include "console/password_desk.hpp"

#include <utility>

#include "base/logging.hpp"
#include "identity/directory.hpp"

namespace lamplight::console {

namespace {

std::string hash_of_nobody(const identity::PasswordCost& cost) {
  auto hash = identity::hash_password("no officer has this password", cost);
  LAMPLIGHT_CHECK(hash.ok(), "there is memory for a password's hash");
  return std::move(hash).value();
}

}  // namespace

PasswordDesk::PasswordDesk(Disk& disk, std::string path, identity::PasswordCost cost)
    : disk_(disk), path_(std::move(path)), cost_(cost) {
  thread_ = std::thread([this] { run(); });
}

PasswordDesk::~PasswordDesk() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool PasswordDesk::verify(std::string name, std::string password, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxWaiting) return false;
    waiting_.push_back({std::move(name), std::move(password), std::move(done)});
  }
  changed_.notify_one();
  return true;
}

void PasswordDesk::run() {
  const std::string nobodys_hash = hash_of_nobody(cost_);
  for (;;) {
    Asked next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    next.done(check(next, nobodys_hash));
  }
}

PasswordDesk::Verified PasswordDesk::check(const Asked& asked, const std::string& nobodys_hash) {
  const auto directory = identity::Directory::load(disk_, path_);
  if (!directory) {
    logging::error("console cannot read its officers why=\"{}\"", directory.error().message());
    return {};
  }
  const identity::DirectoryEntry* entry = directory->by_name(asked.name);
  const std::string& hash = entry == nullptr ? nobodys_hash : entry->password_hash;
  const bool right = identity::verify_password(hash, asked.password);
  Verified out;
  auto names = std::make_shared<Names>();
  for (const identity::DirectoryEntry& each : directory->entries())
    names->emplace(each.officer, each.name);
  out.names = std::move(names);
  if (right && entry != nullptr) out.officer = entry->officer;
  return out;
}

}  // namespace lamplight::console
