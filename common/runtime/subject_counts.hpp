#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/metrics.hpp"

namespace lamplight::runtime {

/// A subject's first two tokens.
[[nodiscard]] inline std::string_view subject_group(std::string_view subject) {
  const auto dot = subject.find('.');
  if (dot == std::string_view::npos) return subject;
  return subject.substr(0, subject.find('.', dot + 1));
}

/// Counts evolved events by subject group, one call to the metrics a run of equal groups. Threads: one.
class SubjectCounts {
 public:
  explicit SubjectCounts(ServiceMetrics& metrics) : metrics_(metrics) {}
  void count(std::string_view subject) {
    if (const auto group = subject_group(subject); group != group_) {
      flush();
      group_ = group;
    }
    ++n_;
  }
  void flush() {
    if (n_ > 0) metrics_.record_events(group_, n_);
    n_ = 0;
  }

 private:
  ServiceMetrics& metrics_;
  std::string group_;
  std::uint64_t n_ = 0;
};

}  // namespace lamplight::runtime
