#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace lamplight::bus {

/// Which events a subscription takes: any of the subject patterns, and any of the producers (none named: all).
/// Remembers its answers for the subjects it has met (a bounded number). Threads: one.
class Filter {
 public:
  /// Errors: kInvalid naming the pattern or producer.
  [[nodiscard]] static Result<Filter> make(std::vector<std::string> subjects,
                                           std::vector<std::string> producers);

  [[nodiscard]] bool takes_producer(std::string_view producer) const;
  [[nodiscard]] bool takes_subject(std::string_view subject);

 private:
  Filter(std::vector<std::string> subjects, std::vector<std::string> producers);
  [[nodiscard]] bool match(std::string_view subject) const;

  std::vector<std::string> subjects_;
  std::vector<std::string> producers_;
  bool everything_;  // ">" is among the subjects: only control events need a look
  std::map<std::string, bool, std::less<>> known_;
  std::string last_subject_;  // events of one subject come in runs
  bool last_answer_ = false;
};

}  // namespace lamplight::bus
