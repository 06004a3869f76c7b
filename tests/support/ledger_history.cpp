#include "support/ledger_history.hpp"

#include <fmt/format.h>

#include "model/frame.hpp"
#include "runtime/step.hpp"

namespace lamplight::test {

LedgerHistory::LedgerHistory(log::Reader& reader, const TakesSubject& takes) {
  read(reader, takes);
  decide_again();
}

void LedgerHistory::read(log::Reader& reader, const TakesSubject& takes) {
  for (;;) {
    const auto batch = reader.next();
    if (!batch) return faults_.push_back("the log cannot be read: " + batch.error().message());
    if (!*batch) return;
    log::for_each_frame(**batch, [this](const FrameView& frame, Offset first) {
      if (frame.header().producer == Ledger::kName) take_frame(frame, first);
    });
    log::for_each_event(**batch, [&](const Event& event) {
      if (event.producer == Ledger::kName || !takes(event.subject)) return;
      inputs_.push_back({std::string(event.subject), std::string(event.producer),
                         std::string(as_text(event.payload)), event.offset, event.time,
                         event.cause});
    });
  }
}

void LedgerHistory::take_frame(const FrameView& frame, Offset first) {
  const FrameHeader& head = frame.header();
  if (head.prev != through_ || head.through < head.prev || head.through > first) {
    faults_.push_back(
        fmt::format("the ledger's frame at {} goes from {} to {}; decided was up to {}",
                    first.value, head.prev.value, head.through.value, through_.value));
  }
  through_ = head.through;
  frame.for_each([&](std::uint32_t, const EventContent& event, Bytes) {
    if (event.subject == "control.ledger.started") {
      if (head.epoch != epoch_ + 1)
        faults_.push_back(fmt::format("epoch {} follows {}", head.epoch, epoch_));
      epoch_ = head.epoch;
      ++epochs_;
      MsgpackReader in(event.payload);
      (void)in.array();
      (void)in.uint();
      rules_from_[head.through.next()] = static_cast<std::uint32_t>(in.uint());
    } else if (head.epoch != epoch_) {
      faults_.push_back(fmt::format("the frame at {} is of epoch {}, now is {}", first.value,
                                    head.epoch, epoch_));
    }
    if (event.subject.starts_with("control.")) return;
    ++outputs_;
    outputs_by_cause_[event.cause].push_back(
        {std::string(event.subject), std::string(as_text(event.payload)), event.id});
  });
}

void LedgerHistory::decide_again() {
  Ledger state;
  runtime::Outbox out(std::string(Ledger::kName), {"ledger.*"});
  for (const Input& input : inputs_) {
    if (input.offset > through_) break;
    Event event;
    event.subject = input.subject;
    event.producer = input.producer;
    event.payload = as_bytes(input.payload);
    event.offset = input.offset;
    event.time = input.time;
    event.cause = input.cause;
    // The rules' version is all in which two of them differ; the state goes over.
    const auto rules = std::prev(rules_from_.upper_bound(input.offset))->second;
    if (rules != state.rules_version()) {
      runtime::SnapshotWriter saved;
      state.save(saved);
      Ledger next(rules);
      runtime::SnapshotReader reader(saved.bytes());
      next.load(reader);
      state = next;
    }
    if (const auto done = runtime::run_step(state, event, out); !done)
      return faults_.push_back(done.error().message());
    compare(input, out);
    digests_[input.offset] = state.digest();
  }
  for (const auto& [cause, outputs] : outputs_by_cause_) {
    if (!digests_.contains(cause)) {
      faults_.push_back(fmt::format("{} outputs have the cause {}, which is no input",
                                    outputs.size(), cause.value));
    }
  }
}

void LedgerHistory::compare(const Input& input, const runtime::Outbox& decided) {
  const std::vector<Output>& published = outputs_by_cause_[input.offset];
  bool same = published.size() == decided.count();
  MsgpackReader reader(decided.encoded());
  for (std::uint32_t i = 0; i < decided.count(); ++i) {
    const EventContent event = read_event_content(reader);
    same = same && published[i].subject == event.subject && published[i].id == event.id &&
           published[i].payload == as_text(event.payload);
  }
  if (!same) {
    faults_.push_back(
        fmt::format("on the input at {} {} outputs are published, other than the {} "
                    "that follow from what was before",
                    input.offset.value, published.size(), decided.count()));
  }
  if (published.empty()) outputs_by_cause_.erase(input.offset);
}

std::uint64_t LedgerHistory::digest_at(Offset cut) const {
  const auto after = digests_.upper_bound(cut);
  return after == digests_.begin() ? 0 : std::prev(after)->second;
}

}  // namespace lamplight::test
