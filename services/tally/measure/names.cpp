#include "tally/measure/names.hpp"

#include <algorithm>

namespace lamplight::tally {

std::uint32_t Names::watch(const std::string& word) {
  const auto [at, fresh] = watched_.emplace(word, static_cast<std::uint32_t>(codes_.size()));
  if (!fresh) return at->second;
  codes_.push_back(kNowhere);
  words_.push_back(word);
  learned_ = 0;  // it may be among the codes that were looked through before
  return at->second;
}

std::uint32_t Names::make(const std::string& word) {
  const auto [at, fresh] = made_numbers_.emplace(word, static_cast<std::uint32_t>(made_.size()));
  if (fresh) made_.push_back(word);
  return kMade | at->second;
}

void Names::learn(const Records& records) {
  std::vector<bool> lengths(256);
  for (const std::string& word : words_) lengths[std::min<std::size_t>(word.size(), 255)] = true;
  bool found = false;
  std::string word;
  for (; learned_ < records.texts(); ++learned_) {
    const std::string_view text = records.text(static_cast<TextId>(learned_));
    if (!lengths[std::min<std::size_t>(text.size(), 255)]) continue;
    word.assign(text);
    const auto at = watched_.find(word);
    if (at == watched_.end()) continue;
    codes_[at->second] = static_cast<TextId>(learned_);
    found = true;
  }
  if (found) ++version_;
}

std::string Names::text(const Records& records, std::uint32_t number) const {
  if ((number & kMade) != 0) return made_[number & ~kMade];
  return std::string(records.text(number));
}

}  // namespace lamplight::tally
