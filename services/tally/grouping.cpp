#include "tally/grouping.hpp"

namespace lamplight::tally {

Grouping::Grouping(const Population& population, const Dimensions& names) {
  for (const std::string& name : names) {
    dimensions_.emplace_back(population, name);
    if (dimensions_.back().several()) several_ = dimensions_.size() - 1;
  }
}

KeyTexts Grouping::texts(const GroupKey& key) const {
  KeyTexts texts;
  for (std::size_t i = 0; i < dimensions_.size(); ++i) {
    if (key[i] == Dimension::kBlank) texts.emplace_back(std::nullopt);
    else texts.emplace_back(dimensions_[i].text(key[i]));
  }
  return texts;
}

bool Grouping::less(const GroupKey& a, const GroupKey& b) const {
  for (std::size_t i = 0; i < dimensions_.size(); ++i) {
    if (a[i] != b[i]) return dimensions_[i].less(a[i], b[i]);
  }
  return false;
}

}  // namespace lamplight::tally
