#include "bus/filter.hpp"

#include <algorithm>

#include "model/event.hpp"

namespace lamplight::bus {

namespace {
constexpr std::size_t kMaxKnownSubjects = 1024;
}

Result<Filter> Filter::make(std::vector<std::string> subjects, std::vector<std::string> producers) {
  if (subjects.empty())
    return Error(Code::kInvalid, "a subscription needs a subject pattern; '>' takes all");
  for (const auto& pattern : subjects) {
    if (!is_valid_pattern(pattern))
      return Error(Code::kInvalid, "'" + pattern + "' is no subject pattern");
  }
  for (const auto& producer : producers) {
    if (!is_valid_name(producer))
      return Error(Code::kInvalid, "'" + producer + "' is no producer name");
  }
  return Filter(std::move(subjects), std::move(producers));
}

Filter::Filter(std::vector<std::string> subjects, std::vector<std::string> producers)
    : subjects_(std::move(subjects)),
      producers_(std::move(producers)),
      everything_(std::find(subjects_.begin(), subjects_.end(), ">") != subjects_.end()) {}

bool Filter::takes_producer(std::string_view producer) const {
  return producers_.empty() ||
         std::find(producers_.begin(), producers_.end(), producer) != producers_.end();
}

bool Filter::takes_subject(std::string_view subject) {
  if (everything_ && !subject.starts_with("control.")) return true;
  if (subject == last_subject_) return last_answer_;
  auto found = known_.find(subject);
  if (found == known_.end()) {
    if (known_.size() >= kMaxKnownSubjects) known_.clear();
    found = known_.emplace(std::string(subject), match(subject)).first;
  }
  last_subject_ = found->first;
  last_answer_ = found->second;
  return last_answer_;
}

bool Filter::match(std::string_view subject) const {
  return std::any_of(subjects_.begin(), subjects_.end(),
                     [subject](const std::string& pattern) { return matches(pattern, subject); });
}

}  // namespace lamplight::bus
