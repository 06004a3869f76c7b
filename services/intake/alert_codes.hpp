#pragma once

#include <string_view>

#include "model/alert.hpp"
#include "model/code_lists.hpp"

namespace lamplight::intake {

/// Calls `each(list, code)` with every code of an alert that a list may hold; those left out are not there.
/// The status is none: its list is closed by the wire format.
template <typename Each>
void for_each_code(const AlertReceived& alert, Each&& each) {
  if (!alert.class_code.empty()) each(CodeList::kClass, alert.class_code);
  if (!alert.category.empty()) each(CodeList::kCategory, alert.category);
  if (!alert.area.empty()) each(CodeList::kArea, alert.area);
  for (const std::string_view operation : alert.operations) each(CodeList::kOperation, operation);
  for (const PlaceCode& place : alert.places) each(CodeList::kPlaceScheme, place.scheme);
  for (const StageStamp& stage : alert.stages) each(CodeList::kStage, stage.stage);
}

}  // namespace lamplight::intake
