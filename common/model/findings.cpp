#include "findings.hpp"

#include "text_rules.hpp"

namespace lamplight {

std::string pointer_to(const Place& place) {
  std::string out;
  text_rules::append_pointer_token(out, place.field.name);
  if (place.index >= 0) out += "/" + std::to_string(place.index);
  if (!place.key.empty()) text_rules::append_pointer_token(out, place.key);
  return out;
}

std::string_view wanted(Shape shape) {
  switch (shape) {
    case Shape::kText:
    case Shape::kStatus: return "a text";
    case Shape::kCodes: return "a list of codes";
    case Shape::kPlaces: return "an object of scheme and code";
    case Shape::kStages: return "an object of stage and time";
    case Shape::kCounts: return "a list of objects such as {\"what\": \"site\", \"n\": 12}";
    case Shape::kStamp: return "a time as text, such as 2022-08-25T20:15:00+08:00";
    case Shape::kInteger: return "a whole number without quotes or decimal point";
    case Shape::kBound: return "exact, at_least or reaches";
    case Shape::kId: return "an id as text, as it was answered";
  }
  return "another type";
}

void Findings::note(std::string pointer, std::string_view rule, std::string hint) {
  if (errors_->size() >= max_errors_) return;
  errors_->push_back({std::move(pointer), std::string(rule), std::move(hint)});
}

void Findings::note_personal(std::string pointer) {
  note(std::move(pointer), "personal_field_refused",
       "personal data, free text, biometrics, belief and scores of people are not taken; leave the "
       "field out");
}

void Findings::warn(std::string pointer, std::string_view rule, std::string hint) {
  if (warnings_->size() >= max_warnings_) return;
  warnings_->push_back({std::move(pointer), std::string(rule), std::move(hint)});
}

bool Findings::stop(std::string_view rule, std::string hint) {
  errors_->clear();
  note("", rule, std::move(hint));
  return false;
}

}  // namespace lamplight
