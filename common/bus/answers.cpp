#include "bus/answers.hpp"

#include <map>
#include <utility>

namespace lamplight::bus {

void Answers::acknowledge(const PeerId& peer, const wire::AckEntry& entry,
                          std::int64_t received_us) {
  waiting_.push_back(Answer{peer, entry.first_offset.plus(entry.count - 1), received_us, entry});
}

void Answers::refuse(const PeerId& peer, wire::Refused refusal, Offset known_at) {
  waiting_.push_back(Answer{peer, known_at, 0, std::move(refusal)});
}

void Answers::release(Offset synced, const Released& to) {
  std::map<PeerId, wire::Ack> acks;
  const auto send_acks = [&](const PeerId& peer) {
    const auto found = acks.find(peer);
    if (found == acks.end() || found->second.entries.empty()) return;
    to.send(peer, found->second);
    found->second.entries.clear();
  };
  while (!waiting_.empty() && waiting_.front().needs <= synced) {
    Answer answer = std::move(waiting_.front());
    waiting_.pop_front();
    if (auto* entry = std::get_if<wire::AckEntry>(&answer.what)) {
      if (entry->duplicate) {
        const auto time = to.time_of(entry->first_offset);
        if (!time) {
          send_acks(answer.peer);
          to.send(answer.peer, wire::ErrorMessage{std::string(to_string(time.error().code())),
                                                  time.error().message(), std::nullopt});
          continue;
        }
        entry->time = *time;
      }
      to.acked(*entry, answer.received_us);
      wire::Ack& ack = acks[answer.peer];
      ack.entries.push_back(*entry);
      if (ack.entries.size() == wire::kMaxAckEntries) send_acks(answer.peer);
    } else {
      send_acks(answer.peer);  // answers of one peer keep their order
      to.send(answer.peer, std::get<wire::Refused>(std::move(answer.what)));
    }
  }
  for (const auto& [peer, ack] : acks) send_acks(peer);
}

}  // namespace lamplight::bus
