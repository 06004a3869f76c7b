#include "runtime/step.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "model/frame.hpp"

namespace lamplight::runtime {

void evolve_output(Fold& fold, std::string_view service, const EventContent& output,
                   TimeUs cause_time) {
  Event event;
  static_cast<EventContent&>(event) = output;
  event.time = cause_time;
  event.producer = service;
  fold.evolve(event);
}

Result<void> run_step(Decider& decider, const Event& input, Outbox& out) {
  decider.evolve(input);
  out.begin(input.offset);
  static_cast<const Decider&>(decider).decide(input, out);
  if (out.fault()) return *out.fault();
  MsgpackReader reader(out.encoded());
  for (std::uint32_t i = 0; i < out.count(); ++i) {
    const EventContent output = read_event_content(reader);
    LAMPLIGHT_CHECK(reader.ok(), "an output reads as it was written");
    const std::uint32_t newest = decider.newest_schema(output.subject);
    if (newest == 0 || output.schema > newest) {
      return Error(Code::kInvalid,
                   fmt::format("output {} on offset {}: {} with schema {}, and newest_schema says "
                               "that evolve reads {}",
                               i, input.offset.value, output.subject, output.schema,
                               newest == 0 ? "none" : fmt::format("up to {}", newest)));
    }
    evolve_output(decider, out.service(), output, input.time);
  }
  return {};
}

}  // namespace lamplight::runtime
