#pragma once

#include <string>
#include <vector>

namespace lamplight::bench {

/// `lamplight ARGUMENTS…` as a process of its own, until destroyed or stopped.
class Child {
 public:
  Child(const std::string& program, const std::vector<std::string>& arguments);
  ~Child() { stop(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits until it has said where it listens, and for /readyz to answer 200.
  void wait_until_ready();
  /// SIGTERM, and waits for its end.
  void stop();
  /// Anonymous memory in MiB, as the kernel counts it now.
  [[nodiscard]] double rss_anon_mib() const;

 private:
  int pid_ = -1;
  int out_ = -1;
};

}  // namespace lamplight::bench
