#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "import/alert_draft.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::importer {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(Writer& json, std::string_view text) {
  json.String(text.data() == nullptr ? "" : text.data(),
              static_cast<rapidjson::SizeType>(text.size()));
}
void key(Writer& json, std::string_view name) {
  json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}
void member(Writer& json, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  key(json, name);
  put(json, text);
}

template <typename Values, typename Specs>
auto* find_value(Values& values, const Specs& specs, std::string_view name) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].first == name) return &values[i];
  }
  return static_cast<decltype(&values[0])>(nullptr);
}

/// A draft as its mapping names it: by field of the schema.
class FieldsOf {
 public:
  FieldsOf(const Mapping& mapping, const AlertDraft& draft) : mapping_(mapping), draft_(draft) {}

  [[nodiscard]] std::string_view text(std::string_view name) const {
    for (std::size_t i = 0; i < kTextFields; ++i) {
      if (to_string(static_cast<TextField>(i)) == name) return draft_.texts[i];
    }
    const auto* const own = find_value(draft_.report.texts, mapping_.report.texts, name);
    return own == nullptr ? std::string_view() : std::string_view(*own);
  }
  [[nodiscard]] const std::vector<std::string>* codes(std::string_view name) const {
    if (name == "operations") return &draft_.operations;
    return find_value(draft_.report.lists, mapping_.report.lists, name);
  }
  [[nodiscard]] const std::optional<Stamp>* stamp(std::string_view name) const {
    if (name == "happened_at") return &draft_.occurred_at;
    if (name == "reported_at") return &draft_.reported_at;
    return find_value(draft_.report.times, mapping_.report.times, name);
  }
  [[nodiscard]] const std::optional<std::int64_t>* number(std::string_view name) const {
    return find_value(draft_.report.numbers, mapping_.report.numbers, name);
  }

  [[nodiscard]] bool says(const FieldInfo& field) const {
    switch (field.shape) {
      case Shape::kText:
      case Shape::kStatus:
      case Shape::kBound: return !text(field.name).empty();
      case Shape::kCodes: return codes(field.name) != nullptr && !codes(field.name)->empty();
      case Shape::kStamp: return stamp(field.name) != nullptr && stamp(field.name)->has_value();
      case Shape::kInteger: return number(field.name) != nullptr && number(field.name)->has_value();
      case Shape::kStages:
        return std::any_of(draft_.stages.begin(), draft_.stages.end(),
                           [](const auto& at) { return at.has_value(); });
      case Shape::kCounts: return !draft_.report.counts.empty();
      case Shape::kPlaces:
      case Shape::kId: break;
    }
    return false;
  }

  void write(Writer& json, const FieldInfo& field) const {
    switch (field.shape) {
      case Shape::kText:
      case Shape::kStatus:
      case Shape::kBound: return put(json, text(field.name));
      case Shape::kCodes: return write_codes(json, *codes(field.name));
      case Shape::kStamp: return put(json, to_rfc3339(**stamp(field.name)));
      case Shape::kInteger: json.Int64(**number(field.name)); return;
      case Shape::kStages: return write_stages(json);
      case Shape::kCounts: return write_counts(json);
      case Shape::kPlaces:
      case Shape::kId: break;
    }
  }

 private:
  static void write_codes(Writer& json, const std::vector<std::string>& codes) {
    json.StartArray();
    for (const std::string& code : codes) put(json, code);
    json.EndArray();
  }
  void write_stages(Writer& json) const {
    json.StartObject();
    for (std::size_t i = 0; i < draft_.stages.size(); ++i) {
      if (!draft_.stages[i]) continue;
      key(json, mapping_.stages[i].first);
      put(json, to_rfc3339(*draft_.stages[i]));
    }
    json.EndObject();
  }
  void write_counts(Writer& json) const {
    json.StartArray();
    for (const DraftCount& count : draft_.report.counts) {
      json.StartObject();
      member(json, "what", count.what);
      member(json, "kind", count.kind);
      member(json, "result", count.result);
      key(json, "n");
      json.Int64(count.n);
      member(json, "bound", count.bound);
      json.EndObject();
    }
    json.EndArray();
  }

  const Mapping& mapping_;
  const AlertDraft& draft_;
};

auto name_of(const DraftCount& count) { return std::tie(count.what, count.kind, count.result); }

}  // namespace

void merge_report(const ReportSpec& spec, ReportDraft& into, const ReportDraft& row) {
  for (std::size_t i = 0; i < spec.texts.size(); ++i)
    merge_text(spec.texts[i].second.source.take, into.texts[i], row.texts[i]);
  for (std::size_t i = 0; i < spec.lists.size(); ++i) merge_codes(into.lists[i], row.lists[i]);
  for (std::size_t i = 0; i < spec.times.size(); ++i)
    merge_stamp(spec.times[i].second.source.take, into.times[i], row.times[i]);
  for (std::size_t i = 0; i < spec.numbers.size(); ++i)
    merge_number(spec.numbers[i].second.source.take, into.numbers[i], row.numbers[i]);
  for (const DraftCount& count : row.counts) {
    const auto same =
        std::find_if(into.counts.begin(), into.counts.end(),
                     [&](const DraftCount& one) { return name_of(one) == name_of(count); });
    if (same == into.counts.end()) {
      into.counts.push_back(count);
      continue;
    }
    std::optional<std::int64_t> n = same->n;
    merge_number(spec.counts[count.spec].n.source.take, n, count.n);
    same->n = *n;
  }
}

std::vector<FieldError> missing_report_fields(const Mapping& mapping, const AlertDraft& draft) {
  std::vector<FieldError> out;
  const FieldsOf fields(mapping, draft);
  const bool withdrawing = !draft.text(TextField::kWithdraws).empty();
  for (const FieldInfo& field : mapping.record->fields) {
    const bool needed = field.presence == Presence::kRequired ||
                        (field.presence == Presence::kUnlessWithdrawing && !withdrawing);
    if (field.origin != Origin::kSender || field.shape == Shape::kStatus || !needed ||
        fields.says(field)) {
      continue;
    }
    out.push_back(
        {"/" + std::string(field.name), "required", "is blank; every report of this kind says it"});
  }
  return out;
}

void write_report(const Mapping& mapping, const AlertDraft& draft, std::string& out) {
  rapidjson::StringBuffer buffer;
  Writer json(buffer);
  const FieldsOf fields(mapping, draft);
  json.StartObject();
  for (const FieldInfo& field : mapping.record->fields) {
    if (field.origin != Origin::kSender) continue;
    if (field.shape == Shape::kStatus && !fields.says(field)) {
      member(json, field.name, to_string(AlertStatus::kActual));
    } else if (fields.says(field)) {
      key(json, field.name);
      fields.write(json, field);
    }
  }
  json.EndObject();
  out.assign(buffer.GetString(), buffer.GetSize());
}

void sort_codes(AlertDraft& draft) {
  std::sort(draft.operations.begin(), draft.operations.end());
  for (std::vector<std::string>& list : draft.report.lists) std::sort(list.begin(), list.end());
  std::sort(draft.report.counts.begin(), draft.report.counts.end(),
            [](const DraftCount& a, const DraftCount& b) { return name_of(a) < name_of(b); });
}

}  // namespace lamplight::importer
