// Reads a document of rules strictly. All mistakes are told, each with its line.
#include <fmt/format.h>

#include <algorithm>

#include "inner/rules.hpp"
#include "inner/toml_fields.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::inner {

namespace {

constexpr std::size_t kMaxCodes = 200;
constexpr std::size_t kMaxAreas = 500;
constexpr std::int64_t kMaxWindowDays = 3'660;

template <typename E>
std::string all_codes() {
  std::string out;
  for (const NamedCode& each : Names<E>::kAll)
    out += (out.empty() ? "" : ", ") + std::string(each.code);
  return out;
}

template <typename E>
std::optional<E> code(TomlFields& in, std::string_view key, const std::string& text) {
  const auto found = from_code<E>(text);
  if (!found) in.fail(key, fmt::format("\"{}\" is none of {}", text, all_codes<E>()));
  return found;
}

class RulesReader {
 public:
  Rules read(TomlFields& in) {
    clock(in);
    in.inside("opens", true, [this](TomlFields& t) { opens(t); });
    in.inside("severity", true, [this](TomlFields& t) { severity(t); });
    in.inside("dispute", true, [this](TomlFields& t) {
      for (std::size_t s = 0; s < kSeverities; ++s) {
        t.inside(to_string(static_cast<Severity>(s)), true,
                 [&](TomlFields& spans_of) { steps(spans_of, made_.dispute[s]); });
      }
    });
    in.inside("petition", true, [this](TomlFields& t) { steps(t, made_.petition); });
    in.inside("overdue", true, [this](TomlFields& t) { overdue(t); });
    in.inside("reopening", true, [this](TomlFields& t) { reopening(t); });
    in.inside("mediation", true, [this](TomlFields& t) { mediation(t); });
    in.inside("desks", true, [this](TomlFields& t) { desks(t); });
    in.list("area", kMaxAreas, [this](TomlFields& t) { area(t); });
    in.finish();
    return std::move(made_);
  }

 private:
  void clock(TomlFields& in) {
    const auto text = in.text("clock", true);
    if (!text) return;
    Stamp stamp;  // by the same rules as a stamp's zone
    if (parse_rfc3339("2000-01-01T00:00:00" + *text, stamp) != StampFault::kNone)
      in.fail("clock", "must be an offset such as \"+08:00\"");
    made_.clock_minutes = stamp.offset_minutes;
  }

  void opens(TomlFields& in) {
    made_.classes = in.texts("classes", kMaxCodes, false);
    made_.categories = in.texts("categories", kMaxCodes, false);
    if (made_.classes.empty() && made_.categories.empty())
      in.fail("classes", "or categories is needed: no alert would open a case");
  }

  void severity(TomlFields& in) {
    if (const auto text = in.text("default", true)) {
      if (const auto found = code<Severity>(in, "default", *text)) made_.severity_default = *found;
    }
    in.inside("category", false, [this](TomlFields& t) {
      t.each_text([&](const std::string& category, const std::string& text) {
        if (const auto found = code<Severity>(t, category, text))
          made_.severity_of.emplace(category, *found);
      });
    });
  }

  static void span(TomlFields& in, std::string_view key, Span& out) {
    const auto text = in.text(key, true);
    if (!text) return;
    if (const auto found = span_from(*text)) out = *found;
    else
      in.fail(key, fmt::format("\"{}\" is no time such as \"90 minutes\", \"4 hours\", \"60 days\" "
                               "or \"2 working days\"",
                               *text));
  }

  static void steps(TomlFields& in, StepSpans& out) {
    for (std::size_t step = 0; step < kSteps; ++step) {
      const auto state =
          static_cast<CaseState>(step + static_cast<std::size_t>(CaseState::kSettlement));
      span(in, to_string(state), out[step]);
    }
  }

  void overdue(TomlFields& in) {
    span(in, "escalate_after", made_.escalate_after);
    span(in, "mark_after", made_.mark_after);
    span(in, "repeat_every", made_.repeat_every);
    if (made_.escalate_after.unit == made_.mark_after.unit &&
        made_.mark_after.count < made_.escalate_after.count)
      in.fail("mark_after", "comes before escalate_after; both count from the deadline");
  }

  void reopening(TomlFields& in) {
    made_.window_us = in.integer("within_days", 0, kMaxWindowDays, true).value_or(0) * kUsPerDay;
    made_.place_schemes = in.texts("place_schemes", kMaxCodes, false);
    made_.raise_from = in.integer("raise_severity_from", 1, 1'000, true).value_or(1);
  }

  void mediation(TomlFields& in) {
    for (const std::string& text : in.texts("refused_on", kCount<Ground>, true)) {
      if (const auto found = code<Ground>(in, "refused_on", text)) made_.gate |= bit(*found);
    }
    made_.offence_from = in.integer("repeated_offence_from", 1, 1'000, true).value_or(1);
  }

  static void area_desks(TomlFields& in, AreaDesks& out, bool needed) {
    if (auto key = in.key_text("station", needed)) out.station = std::move(*key);
    if (auto key = in.key_text("chief", needed)) out.chief = std::move(*key);
    if (!in.has("community") && !needed) return;
    // In the order of the document: the first is whom it goes to by default.
    out.community = in.keys_in_order("community", kMaxCodes);
    if (out.community.empty()) in.fail("community", "is needed: at least one key");
  }

  void desks(TomlFields& in) {
    if (auto key = in.key_text("centre", true)) made_.centre = std::move(*key);
    if (auto key = in.key_text("review", true)) made_.review = std::move(*key);
    area_desks(in, made_.elsewhere, true);
  }

  void area(TomlFields& in) {
    const auto name = in.text("code", true);
    AreaDesks desks = made_.elsewhere;
    area_desks(in, desks, false);
    if (name && !made_.areas.emplace(*name, std::move(desks)).second)
      in.fail("code", fmt::format("\"{}\" is there twice", *name));
  }

  Rules made_;
};

}  // namespace

std::optional<Rules> rules_from_toml(std::string_view document, std::vector<Error>* mistakes) {
  Mistakes met("rules");
  Rules made;
  if (const auto table = parse_toml(document, met)) {
    TomlFields in(*table, "", met);
    made = RulesReader().read(in);
  }
  if (mistakes != nullptr) *mistakes = met.all();
  if (!met.all().empty()) return std::nullopt;
  return made;
}

bool Rules::opens(std::string_view class_code, std::string_view category) const {
  return std::binary_search(classes.begin(), classes.end(), class_code) ||
         std::binary_search(categories.begin(), categories.end(), category);
}

Severity Rules::severity(std::string_view category) const {
  const auto found = severity_of.find(category);
  return found == severity_of.end() ? severity_default : found->second;
}

const AreaDesks& Rules::desks(std::string_view area) const {
  const auto found = areas.find(area);
  return found == areas.end() ? elsewhere : found->second;
}

const Span& Rules::span(CaseKind kind, Severity severity, CaseState open) const {
  const StepSpans& spans =
      kind == CaseKind::kPetition ? petition : dispute.at(static_cast<std::size_t>(severity));
  return spans.at(step_of(open));
}

std::string_view Rules::owner(CaseState open, std::string_view area) const {
  switch (open) {
    case CaseState::kSettlement: return desks(area).station;
    case CaseState::kCaseReview: return review;
    case CaseState::kAssessment:
    case CaseState::kDispatch:
    case CaseState::kVerification: return centre;
    default: return {};
  }
}

std::vector<std::string> Rules::named() const {
  std::vector<std::string> out = {centre, review};
  const auto add = [&out](const AreaDesks& desks) {
    out.push_back(desks.station);
    out.push_back(desks.chief);
    out.insert(out.end(), desks.community.begin(), desks.community.end());
  };
  add(elsewhere);
  for (const auto& [area, desks] : areas) add(desks);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace lamplight::inner
