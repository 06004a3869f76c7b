#include "model/future_times.hpp"

#include "text_rules.hpp"

namespace lamplight {

void note_future_times(const AlertReceived& alert, TimeUs latest, std::vector<FieldError>& errors) {
  const auto look_at = [&](std::string pointer, const Stamp& stamp) {
    if (stamp.at <= latest) return;
    errors.push_back({std::move(pointer), "in_future",
                      "lies too far ahead of the clock here to have happened; is the year right, "
                      "and the zone?"});
  };
  if (alert.occurred_at) look_at("/occurred_at", *alert.occurred_at);
  look_at("/reported_at", alert.reported_at);
  for (const StageStamp& stage : alert.stages) {
    std::string pointer = "/stages";
    text_rules::append_pointer_token(pointer, stage.stage);
    look_at(std::move(pointer), stage.at);
  }
}

}  // namespace lamplight
