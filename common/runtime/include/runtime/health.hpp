#pragma once

#include <map>
#include <mutex>
#include <string>

namespace lamplight::runtime {

/// Who is alive and who is ready, for /healthz and /readyz. Threads: any; the mutex guards the two maps only.
class Health {
 public:
  /// `reason` says why not: "replaying 12,000 of 90,000", "log failed: …". Empty reason: ready.
  void set_ready(const std::string& service, std::string reason_why_not);
  /// Broken beyond waiting: /healthz answers 503 with the reason.
  void set_failed(const std::string& service, std::string reason);

  struct View {
    bool ok = true;
    std::map<std::string, std::string> services;  ///< name → "ok" or the reason
  };
  [[nodiscard]] View live() const;
  [[nodiscard]] View ready() const;  ///< not ready while any known service is not

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> not_ready_;
  std::map<std::string, std::string> failed_;
};

}  // namespace lamplight::runtime
