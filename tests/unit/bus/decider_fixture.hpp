#pragma once

#include <string>
#include <vector>

#include "bus/control.hpp"
#include "client_fixture.hpp"

namespace lamplight::bus::test {

/// One output as a test writes it down.
struct Decided {
  std::uint64_t cause = 0;
  std::string payload = "d";
  std::string subject = "inner.assessed";
};

/// Where a frame stands: what the bus compares and sets.
struct Stand {
  std::uint64_t epoch = 1;
  std::uint64_t prev = 0;
  std::uint64_t through = 0;
};

inline std::string outputs(const std::vector<Decided>& decided) {
  MsgpackWriter out;
  for (const Decided& one : decided) {
    EventContent event;
    event.subject = one.subject;
    event.cause = Offset{one.cause};
    event.payload = as_bytes(one.payload);
    write_event_content(out, event);
  }
  return out.take();
}

inline std::string decided_frame(const std::string& name, std::uint64_t first_seq,
                                 const Stand& stand, const std::vector<Decided>& decided) {
  FrameHeader head;
  head.producer = name;
  head.epoch = stand.epoch;
  head.prev = Offset{stand.prev};
  head.through = Offset{stand.through};
  head.first_seq = Seq{first_seq};
  head.count = static_cast<std::uint32_t>(decided.size());
  return encode_frame(head, as_bytes(outputs(decided)));
}

/// A frame of one control event.
inline std::string control_frame(const std::string& name, std::uint64_t first_seq,
                                 const Stand& stand, ControlVerb verb) {
  return decided_frame(name, first_seq, stand, {{stand.through, "", control_subject(name, verb)}});
}

}  // namespace lamplight::bus::test
