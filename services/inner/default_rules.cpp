#include "inner/rules.hpp"

namespace lamplight::inner {

std::string_view default_rules() {
  return R"toml(# Rules of the inner loop (内循环). docs/inner-rules.md says what each key means.
# The deadlines are a starting point: a district sets its own. Those of petitions follow the regulation on petitions
# (信访工作条例): accepted within 15 days, dealt with within 60.
clock = "+08:00"

[opens]
classes = ["dispute"]

[severity]
default = "medium"
[severity.category]
family_dispute = "high"
wage_dispute = "high"

[dispute.low]
settlement = "4 hours"
assessment = "2 working days"
dispatch = "1 working day"
feedback = "7 working days"
verification = "3 working days"
rework = "3 working days"
case_review = "7 days"

[dispute.medium]
settlement = "2 hours"
assessment = "1 working day"
dispatch = "4 hours"
feedback = "3 working days"
verification = "2 working days"
rework = "2 working days"
case_review = "7 days"

[dispute.high]
settlement = "60 minutes"
assessment = "4 hours"
dispatch = "60 minutes"
feedback = "1 working day"
verification = "1 working day"
rework = "1 working day"
case_review = "3 days"

[dispute.critical]
settlement = "30 minutes"
assessment = "60 minutes"
dispatch = "30 minutes"
feedback = "8 hours"
verification = "8 hours"
rework = "8 hours"
case_review = "1 day"

[petition]
settlement = "1 working day"
assessment = "15 days"
dispatch = "5 working days"
feedback = "60 days"
verification = "5 working days"
rework = "15 days"
case_review = "15 days"

[overdue]
escalate_after = "4 hours"
mark_after = "1 working day"
repeat_every = "1 working day"

[reopening]
within_days = 90
place_schemes = ["address_key"]
raise_severity_from = 1

[mediation]
refused_on = ["repeated_offence", "gang_fight", "provocation", "unwilling_party"]
repeated_offence_from = 3

[desks]
centre = "operations_centre"
review = "case_review"
station = "station_on_duty"
community = ["community_officer"]
chief = "duty_chief"
)toml";
}

}  // namespace lamplight::inner
