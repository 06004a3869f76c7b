#include "support/ledger.hpp"

#include "model/msgpack_reader.hpp"

namespace lamplight::test {

namespace {

constexpr std::string_view kNoted = "ledger.noted";
constexpr std::string_view kFired = "ledger.fired";
constexpr std::string_view kTimeReached = "control.ledger.time_reached";
constexpr std::uint64_t kLongestWaitUs = 3'000'000;

std::uint64_t mix(std::uint64_t hash, Bytes bytes) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3ULL;
  return hash;
}
std::uint64_t mix(std::uint64_t hash, std::uint64_t number) {
  for (int i = 0; i < 8; ++i) hash = (hash ^ ((number >> (8 * i)) & 0xFF)) * 0x100000001B3ULL;
  return hash;
}
std::uint64_t hash_of(Bytes bytes) { return mix(0xCBF29CE484222325ULL, bytes) >> 8; }

/// Due, or nothing, of a note; the deadline's key of a firing.
std::pair<TimeUs, Id16> key_of(const Event& event) {
  MsgpackReader in(event.payload);
  const std::uint32_t fields = in.array();
  if (event.subject == kFired && fields == 2) {
    const TimeUs due{in.sint()};
    return {due, Id16::from(in.bin())};
  }
  for (std::uint32_t i = 0; i + 1 < fields; ++i) in.skip();
  return {TimeUs{in.sint()}, event.id};
}

}  // namespace

std::uint32_t Ledger::notes_for(Bytes payload, std::uint32_t rules) {
  return static_cast<std::uint32_t>((hash_of(payload) + rules) % 4);
}

void Ledger::evolve(const Event& event) {
  digest_ = mix(digest_, as_bytes(event.subject));
  digest_ = mix(digest_, event.offset.value);
  digest_ = mix(digest_, event.cause.value);
  digest_ = mix(digest_, static_cast<std::uint64_t>(event.time.value));
  digest_ = mix(digest_, event.payload);
  if (event.producer != kName) {
    ++inputs_;
    return;
  }
  ++outputs_;
  const auto key = key_of(event);
  if (event.subject == kFired) deadlines_.erase(key);
  else if (key.first.value != 0) deadlines_[key] = true;
}

void Ledger::decide(const Event& input, runtime::Outbox& out) const {
  if (input.subject == kTimeReached) {
    std::size_t fired = 0;
    for (const auto& [key, open] : deadlines_) {
      if (key.first > input.time || ++fired > kMostFired) break;
      MsgpackWriter payload;
      payload.array(2);
      payload.sint(key.first.value);
      payload.bin(key.second.span());
      out.add(kFired, 1, payload.bytes());
    }
    return;
  }
  const std::uint64_t hash = hash_of(input.payload);
  for (std::uint32_t i = 0; i < notes_for(input.payload, rules_); ++i) {
    const bool waits = i == 0 && hash % 5 == 0;
    MsgpackWriter payload;
    payload.array(3);
    payload.uint(digest_);
    payload.uint(rules_);
    payload.sint(waits ? input.time.value + static_cast<std::int64_t>(hash % kLongestWaitUs) : 0);
    out.add(kNoted, 1, payload.bytes());
  }
}

std::optional<TimeUs> Ledger::next_due() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first.first;
}

std::uint32_t Ledger::newest_schema(std::string_view own_subject) const {
  return own_subject == kNoted || own_subject == kFired ? 1 : 0;
}

void Ledger::save(runtime::SnapshotWriter& out) const {
  out.array(4);
  out.uint(digest_);
  out.uint(inputs_);
  out.uint(outputs_);
  out.array(static_cast<std::uint32_t>(deadlines_.size()));
  for (const auto& [key, open] : deadlines_) {
    out.array(2);
    out.sint(key.first.value);
    out.bin(key.second.span());
  }
}

void Ledger::load(runtime::SnapshotReader& in) {
  if (in.array() != 4) in.fail();
  digest_ = in.uint();
  inputs_ = in.uint();
  outputs_ = in.uint();
  for (std::uint32_t left = in.array(); left > 0 && in.ok(); --left) {
    if (in.array() != 2) in.fail();
    const TimeUs due{in.sint()};
    const Bytes id = in.bin();
    if (id.size() != 16) return in.fail();
    deadlines_[{due, Id16::from(id)}] = true;
  }
}

}  // namespace lamplight::test
