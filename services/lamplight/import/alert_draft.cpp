#include "import/alert_draft.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace lamplight::importer {

namespace {

template <typename T>
void take_one(Take take, T& into, const T& row) {
  switch (take) {
    case Take::kFirst: break;
    case Take::kLast: into = row; break;
    case Take::kMin: into = std::min(into, row); break;
    case Take::kMax: into = std::max(into, row); break;
    case Take::kSum: break;
  }
}

// By civil time: the order of the file's own clock.
bool is_earlier(const Stamp& a, const Stamp& b) {
  return std::pair(a.civil_us(), a.at) < std::pair(b.civil_us(), b.at);
}

}  // namespace

void merge_text(Take take, std::string& into, const std::string& row) {
  if (row.empty()) return;
  if (into.empty()) into = row;
  else take_one(take, into, row);
}

void merge_stamp(Take take, std::optional<Stamp>& into, const std::optional<Stamp>& row) {
  if (!row) return;
  if (!into || take == Take::kLast) {
    into = row;
  } else if (take == Take::kMin || take == Take::kMax) {
    if (is_earlier(*row, *into) == (take == Take::kMin)) into = row;
  }
}

void merge_number(Take take, std::optional<std::int64_t>& into,
                  const std::optional<std::int64_t>& row) {
  if (!row) return;
  if (!into) into = row;
  else if (take != Take::kSum) take_one(take, *into, *row);
  else
    *into = *row > 0 && *into > std::numeric_limits<std::int64_t>::max() - *row
                ? std::numeric_limits<std::int64_t>::max()
                : *into + *row;
}

void merge_codes(std::vector<std::string>& into, const std::vector<std::string>& row) {
  for (const std::string& code : row) {
    if (std::find(into.begin(), into.end(), code) == into.end()) into.push_back(code);
  }
}

void merge(const Mapping& mapping, AlertDraft& into, const AlertDraft& row) {
  for (std::size_t i = 0; i < kTextFields; ++i) {
    if (mapping.texts[i]) merge_text(mapping.texts[i]->source.take, into.texts[i], row.texts[i]);
  }
  merge_codes(into.operations, row.operations);
  for (std::size_t i = 0; i < mapping.places.size(); ++i) {
    merge_text(mapping.places[i].second.source.take, into.places[i], row.places[i]);
  }
  if (mapping.occurred_at)
    merge_stamp(mapping.occurred_at->source.take, into.occurred_at, row.occurred_at);
  if (mapping.reported_at)
    merge_stamp(mapping.reported_at->source.take, into.reported_at, row.reported_at);
  for (std::size_t i = 0; i < mapping.stages.size(); ++i) {
    if (row.stages[i])
      merge_stage(mapping.stages[i].second.source.take, into, i, *row.stages[i], row.row);
  }
  into.dateless.insert(into.dateless.end(), row.dateless.begin(), row.dateless.end());
  if (mapping.amount) merge_number(mapping.amount->source.take, into.amount_fen, row.amount_fen);
  merge_report(mapping.report, into.report, row.report);
}

void merge_stage(Take take, AlertDraft& into, std::size_t stage, const Stamp& at,
                 std::uint64_t row) {
  std::optional<Stamp>& known = into.stages[stage];
  std::uint64_t& known_row = into.stage_rows[stage];
  bool better = !known;
  if (known) {
    switch (take) {
      case Take::kFirst: better = row < known_row; break;
      case Take::kLast: better = row > known_row; break;
      case Take::kMin: better = is_earlier(at, *known); break;
      case Take::kMax: better = is_earlier(*known, at); break;
      case Take::kSum: break;
    }
  }
  if (!better) return;
  known = at;
  known_row = row;
}

std::vector<FieldError> missing_fields(const Mapping& mapping, const AlertDraft& draft) {
  if (!mapping.record->is_alert()) return missing_report_fields(mapping, draft);
  std::vector<FieldError> out;
  const auto missing = [&out](std::string_view name, std::string hint) {
    out.push_back({"/" + std::string(name), "required", std::move(hint)});
  };
  if (draft.text(TextField::kPartnerRef).empty()) {
    missing("partner_ref",
            "is blank; every alert has a number of its own. Leave partner_ref out of the mapping "
            "to number "
            "the alerts by row");
  }
  if (!draft.reported_at) missing("reported_at", "is blank; every alert says when it was reported");
  if (!draft.text(TextField::kWithdraws).empty()) return out;
  for (const TextField field : {TextField::kClass, TextField::kCategory, TextField::kArea}) {
    if (draft.text(field).empty())
      missing(to_string(field), "is blank; name a code for blank ones: default = \"…\"");
  }
  return out;
}

std::optional<FieldError> AlertWriter::write(const AlertDraft& draft, std::string& out) {
  if (!mapping_.record->is_alert()) {
    write_report(mapping_, draft, out);
    return std::nullopt;
  }
  AlertReceived& alert = alert_;
  alert.partner_ref = draft.text(TextField::kPartnerRef);
  alert.class_code = draft.text(TextField::kClass);
  alert.category = draft.text(TextField::kCategory);
  alert.area = draft.text(TextField::kArea);
  alert.status = AlertStatus::kActual;
  if (const std::string& status = draft.text(TextField::kStatus); !status.empty()) {
    const auto known = status_from(status);
    if (!known)
      return FieldError{"/status", "unknown_code",
                        "must be Actual, Exercise, System, Test or Draft; translate with codes"};
    alert.status = *known;
  }
  for (const auto& [field, member] : {std::pair{TextField::kCorrects, &alert.corrects},
                                      {TextField::kWithdraws, &alert.withdraws}}) {
    const std::string& id = draft.text(field);
    *member = id.empty() ? std::nullopt : from_uuid(id);
    if (!id.empty() && !*member) {
      return FieldError{"/" + std::string(to_string(field)), "id",
                        "must be the id that the earlier alert was answered with"};
    }
  }
  alert.operations.assign(draft.operations.begin(), draft.operations.end());
  alert.places.clear();
  for (std::size_t i = 0; i < mapping_.places.size(); ++i) {
    if (!draft.places[i].empty())
      alert.places.push_back({mapping_.places[i].first, draft.places[i]});
  }
  alert.occurred_at = draft.occurred_at;
  alert.reported_at = draft.reported_at.value_or(Stamp{});
  alert.stages.clear();
  for (std::size_t i = 0; i < mapping_.stages.size(); ++i) {
    if (draft.stages[i]) alert.stages.push_back({mapping_.stages[i].first, *draft.stages[i]});
  }
  alert.amount_fen = draft.amount_fen;
  out.clear();
  alert_to_json(alert, out);
  return std::nullopt;
}

}  // namespace lamplight::importer
