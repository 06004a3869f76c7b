#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/env.hpp"
#include "console/pages.hpp"
#include "identity/password.hpp"

namespace lamplight::console {

/// Verifies passwords on a thread of its own, one after another: each costs a tenth of a second and 64 MiB.
///
/// The officers' file is read for each, so that what `lamplight officer` changes holds at once. A name that nobody bears
/// costs as much as one that somebody does.
/// Threads: `verify` from any; `done` is called on the desk's own. The mutex guards the queue; nothing is called under it.
class PasswordDesk {
 public:
  struct Verified {
    /// The officer's key when name and password go together; nothing when not.
    std::optional<std::string> officer;
    /// Of all officers. Null: their file cannot be read (logged), and nothing is known of name and password.
    std::shared_ptr<const Names> names;
  };
  using Done = std::function<void(const Verified&)>;

  PasswordDesk(Disk& disk, std::string path, identity::PasswordCost cost = {});
  ~PasswordDesk();
  PasswordDesk(const PasswordDesk&) = delete;
  PasswordDesk& operator=(const PasswordDesk&) = delete;

  /// False: too many wait already, `done` is never called.
  [[nodiscard]] bool verify(std::string name, std::string password, Done done);

 private:
  static constexpr std::size_t kMaxWaiting = 32;
  struct Asked {
    std::string name;
    std::string password;
    Done done;
  };
  void run();
  [[nodiscard]] Verified check(const Asked& asked, const std::string& nobodys_hash);

  Disk& disk_;
  const std::string path_;
  const identity::PasswordCost cost_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Asked> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lamplight::console
