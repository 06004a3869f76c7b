#include "model/future_times.hpp"

#include "model/item_types.hpp"
#include "text_rules.hpp"

namespace lamplight {

namespace {

template <typename T>
bool may_lie_ahead(const T&, std::string_view) {
  return false;
}
bool may_lie_ahead(const HazardReported&, std::string_view field) { return field == "due_at"; }
bool may_lie_ahead(const ClearanceOrdered& order, std::string_view field) {
  if (field == "until") return order.action == "plan" || order.action == "open";
  return field == "from" && order.action == "plan";
}

/// Looks at the times of one member; those of other types have none.
class Look {
 public:
  Look(std::string_view field, TimeUs latest, std::vector<FieldError>& errors)
      : field_(field), latest_(latest), errors_(errors) {}

  template <typename Member>
  void at(const Member&) {}
  void at(const Stamp& stamp) { note({}, stamp); }
  void at(const std::optional<Stamp>& stamp) {
    if (stamp) note({}, *stamp);
  }
  void at(const std::vector<StageStamp>& stages) {
    for (const StageStamp& stage : stages) note(stage.stage, stage.at);
  }

 private:
  void note(std::string_view key, const Stamp& stamp) {
    if (stamp.at <= latest_) return;
    std::string pointer = "/" + std::string(field_);
    if (!key.empty()) text_rules::append_pointer_token(pointer, key);
    errors_.push_back({std::move(pointer), "in_future",
                       "lies too far ahead of the clock here to have happened; is the year right, "
                       "and the zone?"});
  }

  std::string_view field_;
  TimeUs latest_;
  std::vector<FieldError>& errors_;
};

}  // namespace

template <typename T>
void note_future_times(const T& item, TimeUs latest, std::vector<FieldError>& errors) {
  const auto look_at = [&](const auto& f) {
    if (!may_lie_ahead(item, f.info.name)) Look(f.info.name, latest, errors).at(item.*(f.member));
  };
  std::apply([&](const auto&... f) { (look_at(f), ...); }, Description<T>::kFields);
}

template void note_future_times(const AlertReceived&, TimeUs, std::vector<FieldError>&);
template void note_future_times(const ClearanceOrdered&, TimeUs, std::vector<FieldError>&);
template void note_future_times(const ClearanceReported&, TimeUs, std::vector<FieldError>&);
template void note_future_times(const CaseReported&, TimeUs, std::vector<FieldError>&);
template void note_future_times(const PersonReported&, TimeUs, std::vector<FieldError>&);
template void note_future_times(const HazardReported&, TimeUs, std::vector<FieldError>&);
template void note_future_times(const FigureDeclared&, TimeUs, std::vector<FieldError>&);

}  // namespace lamplight
