#include "checker.hpp"

#include <fmt/format.h>

#include "log/inspect.hpp"
#include "model/alert.hpp"
#include "support/ledger_history.hpp"

namespace lamplight::simtest {

namespace {

constexpr std::size_t kMostViolations = 20;

std::uint64_t hash_of(Bytes bytes, std::uint64_t hash = 0xCBF29CE484222325ULL) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3ULL;
  return hash;
}

Seen seen_of(const Event& event) {
  std::uint64_t content = hash_of(as_bytes(event.subject));
  if (event.dedupe) content = hash_of(event.dedupe->span(), content);
  return {event.id, event.time, std::string(event.producer), hash_of(event.payload, content)};
}

}  // namespace

void Checker::violation(std::string what) {
  if (violations_.size() < kMostViolations) violations_.push_back(std::move(what));
}

// --- while the world runs --------------------------------------------------------------------------

void Checker::frame_sent(Bytes frame) { frames_.insert(hash_of(frame)); }

void Checker::published(const Id16& id, const std::string& producer, std::uint64_t instance,
                        std::uint64_t number) {
  published_[id] = {producer, instance, number};
}

void Checker::acknowledged(const Id16& id, Offset offset, TimeUs time) {
  ++acks_;
  const auto [at, fresh] = acked_.emplace(offset, std::pair(id, time));
  if (!fresh && at->second != std::pair(id, time)) {
    violation(fmt::format("offset {} was acknowledged to {} and to {}", offset.value,
                          to_uuid(at->second.first), to_uuid(id)));
  }
  const auto [place, first] = acked_ids_.emplace(id, offset);
  if (!first && place->second != offset) {
    violation(fmt::format("{} was acknowledged at {} and at {}", to_uuid(id), place->second.value,
                          offset.value));
  }
}

void Checker::known_key(const Id16& dedupe, Offset offset) { known_keys_[offset] = dedupe; }
void Checker::refused(const Id16& id) { refused_.insert(id); }
void Checker::refused_words(const Id16& digest) { refused_words_.insert(digest); }

void Checker::delivered(const std::string& to, const Event& event, Offset above) {
  ++deliveries_;
  if (event.offset <= above) {
    violation(fmt::format("{} was delivered offset {} after it had scanned {}", to,
                          event.offset.value, above.value));
  }
  learn(event.offset, seen_of(event), "delivered to " + to);
}

void Checker::learn(Offset offset, const Seen& seen, const std::string& from) {
  const auto [known, fresh] = truth_.emplace(offset, seen);
  if (!fresh && known->second != seen) {
    violation(fmt::format("offset {} is {} of {}, {}; somebody was delivered {} of {} there",
                          offset.value, to_uuid(seen.id), seen.producer, from,
                          to_uuid(known->second.id), known->second.producer));
  }
}

void Checker::bus_time(TimeUs time) {
  if (bus_time_ && time < *bus_time_) {
    violation(fmt::format("bus time went back by {} us", bus_time_->value - time.value));
  }
  bus_time_ = time;
}

// --- at the end ------------------------------------------------------------------------------------

void Checker::check_log(Disk& disk, const std::string& folder) {
  const auto verified = log::verify(disk, folder, [this](const log::Finding& finding) {
    if (finding.kind != log::Finding::Kind::kDamage) return;
    violation(fmt::format("damage in {} byte {}: {}", finding.file, finding.at, finding.what));
  });
  if (!verified && verified.error().code() != Code::kNotFound)
    violation("the log does not verify: " + verified.error().message());
  read_log(disk, folder);
  check_promises();
  check_orders();
}

void Checker::read_log(Disk& disk, const std::string& folder) {
  const auto reader = log::read_folder(disk, folder, Offset{1});
  if (!reader) {
    if (!acked_.empty() || !truth_.empty())
      violation("the log cannot be read: " + reader.error().message());
    return;
  }
  std::map<std::string, Seq, std::less<>> last_seq;
  AlertReceived alert;
  for (;;) {
    const auto batch = (*reader)->next();
    if (!batch) return violation("the log cannot be read: " + batch.error().message());
    if (!*batch) return;
    log::for_each_frame(**batch, [&](const FrameView& frame, Offset first) {
      const FrameHeader& head = frame.header();
      if (head.producer != "control" && !frames_.contains(hash_of(frame.bytes()))) {
        violation(fmt::format("the frame at offset {} of {} is none that was sent whole",
                              first.value, head.producer));
      }
      auto last = last_seq.find(head.producer);
      if (last == last_seq.end()) last = last_seq.emplace(std::string(head.producer), Seq{}).first;
      if (head.first_seq.value != last->second.value + 1) {
        violation(fmt::format("{} has number {} at offset {}, expected {}", head.producer,
                              head.first_seq.value, first.value, last->second.value + 1));
      }
      last->second = Seq{head.first_seq.value + head.count - 1};
    });
    log::for_each_event(**batch, [&](const Event& event) {
      if (event.offset.value != log_.size() + 1) {
        violation(fmt::format("offset {} follows {}", event.offset.value, log_.size()));
      }
      if (!log_.empty() && event.time < log_.back().seen.time) {
        violation(fmt::format("time goes back at offset {}", event.offset.value));
      }
      Logged logged{seen_of(event), std::string(event.subject), event.dedupe, {}};
      if (event.subject == kAlertReceived && decode_alert(event.payload, alert))
        logged.digest = alert.body_digest;
      log_.push_back(std::move(logged));
    });
  }
}

void Checker::ledger_read(Offset cut, std::uint64_t digest) {
  const auto [at, fresh] = ledger_reads_.emplace(cut, digest);
  if (!fresh && at->second != digest)
    violation(fmt::format("two reads of the ledger at {} were shown different states", cut.value));
}

void Checker::check_ledger(Disk& disk, const std::string& folder,
                           const std::function<bool(std::string_view)>& takes) {
  const auto reader = log::read_folder(disk, folder, Offset{1});
  if (!reader) return;
  const test::LedgerHistory history(**reader, takes);
  for (const std::string& fault : history.faults()) violation(fault);
  for (const auto& [cut, digest] : ledger_reads_) {
    if (cut > history.through()) {
      violation(fmt::format("the ledger was read at {}, decided is up to {}", cut.value,
                            history.through().value));
    } else if (digest != history.digest_at(cut)) {
      violation(
          fmt::format("a read of the ledger at {} showed a state that the log has not", cut.value));
    }
  }
}

void Checker::check_promises() {
  for (const auto& [offset, said] : acked_) {
    if (offset.value == 0 || offset.value > log_.size()) {
      violation(fmt::format("acknowledged and missing: {} at offset {}, the log ends at {}",
                            to_uuid(said.first), offset.value, log_.size()));
      continue;
    }
    const Seen& there = log_[offset.value - 1].seen;
    if (there.id != said.first || there.time != said.second) {
      violation(fmt::format("acknowledged as {} at offset {}, where {} of {} is",
                            to_uuid(said.first), offset.value, to_uuid(there.id), there.producer));
    }
  }
  for (const auto& [offset, seen] : truth_) {
    if (offset.value > log_.size()) {
      violation(fmt::format("delivered and missing: offset {}, the log ends at {}", offset.value,
                            log_.size()));
    } else if (log_[offset.value - 1].seen != seen) {
      violation(
          fmt::format("offset {} was delivered as another event than the log has", offset.value));
    }
  }
  for (const auto& [offset, key] : known_keys_) {
    if (offset.value == 0 || offset.value > log_.size() || log_[offset.value - 1].dedupe != key) {
      violation(fmt::format("a known key was said to be at offset {}: it is not", offset.value));
    }
  }
}

void Checker::check_orders() {
  std::map<Id16, Offset> ids;
  std::map<Id16, Offset> keys;
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> numbers;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    const Logged& logged = log_[i];
    const Offset offset{i + 1};
    if (const auto [at, fresh] = ids.emplace(logged.seen.id, offset); !fresh) {
      violation(fmt::format("{} is twice on the log: at {} and {}", to_uuid(logged.seen.id),
                            at->second.value, offset.value));
    }
    if (logged.dedupe) {
      if (const auto [at, fresh] = keys.emplace(*logged.dedupe, offset); !fresh) {
        violation(fmt::format("a dedupe key is twice on the log: at {} and {}", at->second.value,
                              offset.value));
      }
    }
    if (refused_.contains(logged.seen.id))
      violation(fmt::format("{} was refused and is at offset {}", to_uuid(logged.seen.id), i + 1));
    if (logged.digest != Id16{} && refused_words_.contains(logged.digest))
      violation(fmt::format("an alert was refused and is at offset {}", i + 1));
    const auto published = published_.find(logged.seen.id);
    if (published == published_.end()) continue;
    std::uint64_t& last = numbers[{published->second.producer, published->second.instance}];
    if (published->second.number <= last) {
      violation(fmt::format("{} published {} before {}; offset {} has it behind",
                            logged.seen.producer, published->second.number, last, offset.value));
    }
    last = published->second.number;
  }
}

}  // namespace lamplight::simtest
