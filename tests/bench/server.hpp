#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lamplight::bench {

/// A program of its own, killed and waited for at the end. What it says to stderr goes to `log_file`.
class Server {
 public:
  /// Nothing when argv[0] cannot be run. `ready_word`: waits until a line of its stdout begins so; then stdout is a pipe.
  [[nodiscard]] static std::unique_ptr<Server> start(const std::vector<std::string>& argv,
                                                     const std::string& log_file,
                                                     const std::string& ready_word = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// For a process of ours: waits until /readyz answers 200 at the address it told in its line "health".
  void wait_until_ready() const;
  /// SIGTERM, and waits for its end, which has to be a good one.
  void stop();
  /// User and system time so far, seconds, in steps of 10 ms.
  [[nodiscard]] double cpu_seconds() const;
  /// Anonymous memory in MiB, as the kernel counts it now.
  [[nodiscard]] double rss_anon_mib() const;

 private:
  Server(pid_t pid, int out) : pid_(pid), out_(out) {}
  pid_t pid_;
  int out_;
  std::string ready_line_;
};

[[nodiscard]] int free_port();
/// Of this process, seconds.
[[nodiscard]] double own_cpu_seconds();
/// Asks every 20 ms; false after ten seconds.
[[nodiscard]] bool soon(const std::function<bool()>& condition);

}  // namespace lamplight::bench
