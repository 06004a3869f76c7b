#include "tally/texts.hpp"

#include <algorithm>
#include <cstring>

namespace lamplight::tally {

std::string_view Arena::keep(std::string_view text) {
  if (text.empty()) return {};
  if (used_ + text.size() > kBlockBytes) {  // a text longer than a block gets one of its own
    blocks_.push_back(std::make_shared<char[]>(std::max(kBlockBytes, text.size())));
    used_ = 0;
  }
  char* place = blocks_.back().get() + used_;
  std::memcpy(place, text.data(), text.size());
  used_ += text.size();
  return {place, text.size()};
}

Texts::Texts(Arena& arena) : arena_(arena) { static_cast<void>(intern({})); }

TextId Texts::intern(std::string_view text) {
  const std::uint64_t hash = hash_text(text);
  const TextId known = find(hash, text);
  if (known != HashIndex::kNone) return known;
  const auto id = static_cast<TextId>(all_.size());
  all_.push_back(arena_.keep(text));
  index_.insert(hash, id);
  return id;
}

void Texts::prefetch_view(std::uint64_t hash) const {
  const TextId id = index_.likely(hash);
  if (id != HashIndex::kNone) prefetch(&all_[id]);
}

void Texts::prefetch_bytes(std::uint64_t hash) const {
  const TextId id = index_.likely(hash);
  if (id != HashIndex::kNone) prefetch(all_[id].data());
}

}  // namespace lamplight::tally
