#pragma once

#include <string_view>

#include "runtime/decider.hpp"

namespace lamplight::runtime {

/// One step of a decider: evolve(input), decide(input), and evolve what decodes from each output's encoded bytes. What
/// it decided stands in `out` until the next step. Needs no bus: tests drive a service's decider with it.
/// Errors: the outbox's fault; kInvalid, an output that newest_schema does not cover. The state then holds the input without its outputs and is of no further use.
[[nodiscard]] Result<void> run_step(Decider& decider, const Event& input, Outbox& out);

/// Evolves a service's own output the one way there is, live and in replay: without its place on the log, with its
/// cause's time.
void evolve_output(Fold& fold, std::string_view service, const EventContent& output,
                   TimeUs cause_time);

}  // namespace lamplight::runtime
