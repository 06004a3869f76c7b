#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "inner/rehearsal/rehearsal.hpp"

namespace lamplight::inner::test {

/// A history as a log holds it: the inputs, and what was published on each.
class Tape {
 public:
  /// Records what the bench lives through from now on.
  explicit Tape(Bench& bench) {
    bench.on_step([this](const Event& input, const std::vector<Said>& said) {
      steps_.push_back({input, std::string(input.subject), std::string(input.producer),
                        std::string(as_text(input.payload)), said});
    });
  }
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Evolves a decider over it as a replay does, telling of inputs once they have evolved and of outputs before they do.
  void play(InnerDecider& recorded, const std::function<void(const Event&)>& on_input,
            const std::function<void(const Event&)>& on_output) const {
    for (const Step& step : steps_) {
      const Event input = step.input();
      recorded.evolve(input);
      on_input(input);
      for (const Said& said : step.said) {
        Event output;
        output.subject = said.subject;
        output.payload = as_bytes(said.payload);
        output.cause = input.offset;
        output.time = input.time;
        output.producer = kService;
        on_output(output);
        recorded.evolve(output);
      }
    }
  }
  /// Every document of that name: the offset it was published at, and its text.
  [[nodiscard]] std::vector<std::pair<Offset, std::string>> published(std::string_view name) const {
    std::vector<std::pair<Offset, std::string>> out;
    for (const Step& step : steps_) {
      RulesPublished published;
      if (step.subject == kRulesPublished && decode(as_bytes(step.payload), published) &&
          published.name == name)
        out.emplace_back(step.at.offset, std::string(published.document));
    }
    return out;
  }
  [[nodiscard]] std::uint64_t inputs() const { return steps_.size(); }
  [[nodiscard]] std::uint64_t outputs() const {
    std::uint64_t out = 0;
    for (const Step& step : steps_) out += step.said.size();
    return out;
  }

 private:
  struct Step {
    Event at;  ///< its texts are those below
    std::string subject;
    std::string producer;
    std::string payload;
    std::vector<Said> said;
    [[nodiscard]] Event input() const {
      Event out = at;
      out.subject = subject;
      out.producer = producer;
      out.payload = as_bytes(payload);
      return out;
    }
  };
  std::vector<Step> steps_;
};

/// Rehearses a tape. `recorded` is left as the tape leaves it.
inline RehearsalSummary rehearse(const Tape& tape, InnerDecider& recorded, Rehearsal& rehearsal) {
  tape.play(
      recorded, [&](const Event& input) { rehearsal.on_input(input); },
      [&](const Event& output) { rehearsal.on_output(output); });
  rehearsal.finish();
  return rehearsal.summary();
}

}  // namespace lamplight::inner::test
