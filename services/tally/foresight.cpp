// Asking for memory before it is read. The indexes of a tally of millions of rows are far greater than the processor's
// cache, and an event meets them with a few look-ups whose places look random: its reference in the index of references,
// what else its sender numbers (a person, a case) among the texts. Taken alone, each event would wait for each of these in
// turn, and that is most of a long fold's time. So the hosts tell the next few dozen events beforehand, and for all of
// them together the same step is taken before the next one: the waits overlap, and evolve finds the memory there.
//
// Codes (of units, categories, results) are few and stay in the cache by themselves: they are not asked for.
#include <algorithm>
#include <array>

#include "tally/state.hpp"

namespace lamplight::tally {
namespace {

/// Reports begin with partner and partner_ref; the fields behind them that senders number, for each kind.
constexpr std::size_t kFirstField = 2;
constexpr std::size_t kMostKeys = 4;  ///< of an event that are asked for

bool is_numbered(const FieldInfo& field) {
  return field.shape == Shape::kText && (field.rule.reference || field.rule.token);
}

/// Number of fields up to the last one that senders number.
std::size_t fields_to_read(FactKind kind) {
  static const auto kEnds = [] {
    std::array<std::size_t, kFactKinds> ends{};
    for (std::size_t i = 0; i < kFactKinds; ++i) {
      const auto fields = columns_of(static_cast<FactKind>(i));
      for (std::size_t at = kFirstField; at < fields.size(); ++at) {
        if (is_numbered(fields[at])) ends[i] = at + 1;
      }
    }
    return ends;
  }();
  return kEnds[static_cast<std::size_t>(kind)];
}

/// Hashes of texts that will be looked up.
class Hashes {
 public:
  void add(std::string_view text) {
    if (!text.empty() && size_ < hashes_.size()) hashes_[size_++] = hash_text(text);
  }
  [[nodiscard]] const std::uint64_t* begin() const { return hashes_.data(); }
  [[nodiscard]] const std::uint64_t* end() const { return hashes_.data() + size_; }

 private:
  std::array<std::uint64_t, kMostKeys * runtime::Fold::kForeseen> hashes_;
  std::size_t size_ = 0;
};

/// The fields that senders number, of a payload read up to them.
void add_keys(FactKind kind, MsgpackReader& payload, Hashes& hashes) {
  const auto fields = columns_of(kind);
  const std::size_t end = fields_to_read(kind);
  for (std::size_t at = kFirstField; at < end; ++at) {
    if (is_numbered(fields[at])) hashes.add(payload.str());
    else static_cast<void>(payload.skip());
  }
}

}  // namespace

// Reads of a payload what it needs and believes nothing: what does not fit reads as empty, and evolve will say so.
void TallyFold::foresee(std::span<const Event> events) const {
  Hashes hashes;
  std::string_view partner;
  TextId partner_id = HashIndex::kNone;
  for (const Event& event : events) {
    const auto kind = fact_kind_of(event.subject);
    if (!kind && event.subject != kAlertReceived) continue;
    MsgpackReader payload(event.payload);
    static_cast<void>(payload.array());
    if (const std::string_view said = payload.str(); said != partner) {
      partner = said;
      partner_id = texts_.find(partner);
    }
    const std::string_view ref = payload.str();
    if (kind) {
      facts_.prefetch({*kind, partner_id, ref});
      add_keys(*kind, payload, hashes);
    } else {
      by_ref_.prefetch(hash_ref(partner_id, ref));
    }
  }
  for (const std::uint64_t hash : hashes) texts_.prefetch_slot(hash);
  for (const std::uint64_t hash : hashes) texts_.prefetch_view(hash);
  for (const std::uint64_t hash : hashes) texts_.prefetch_bytes(hash);
}

}  // namespace lamplight::tally
