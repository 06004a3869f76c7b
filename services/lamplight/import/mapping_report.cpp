#include <fmt/core.h>

#include <algorithm>

#include "base/nearest.hpp"
#include "import/mapping_builder.hpp"

/// The part of a mapping that makes reports: which fields there are is the schema's word, not ours.
namespace lamplight::importer {

namespace {

using Kind = TomlNode::Kind;

constexpr std::string_view kHappenedAt = "happened_at";
constexpr std::string_view kReportedAt = "reported_at";

std::optional<std::size_t> text_field(std::string_view name) {
  for (std::size_t i = 0; i < kTextFields; ++i) {
    if (to_string(static_cast<TextField>(i)) == name) return i;
  }
  return std::nullopt;
}

const FieldInfo* field_of(const RecordInfo& record, Shape shape) {
  const auto found = std::find_if(record.fields.begin(), record.fields.end(),
                                  [shape](const FieldInfo& one) { return one.shape == shape; });
  return found == record.fields.end() ? nullptr : &*found;
}

}  // namespace

void MappingBuilder::read_record() {
  const TomlNode* const node = root_.node("record", Kind::kText, "a text in quotes");
  if (node == nullptr) return;
  if (const RecordInfo* const record = find_record(node->text)) {
    mapping_.record = record;
    return;
  }
  const auto near = nearest_name(node->text, record_names());
  std::string all;
  for (const std::string& name : record_names()) all += (all.empty() ? "" : ", ") + name;
  complaint_.say(node->line, "record",
                 near ? fmt::format("no such record; did you mean \"{}\"?", *near)
                      : fmt::format("no such record; it may be one of: {}", all));
}

// What stages without a date count from by default.
bool MappingBuilder::maps_occurred() const {
  const TomlNode* const table =
      root_.table().find(mapping_.record->is_alert() ? "alert" : "report");
  return table != nullptr && table->find(occurred_name()) != nullptr;
}

std::string_view MappingBuilder::occurred_name() const {
  return mapping_.record->is_alert() ? "occurred_at" : kHappenedAt;
}

void MappingBuilder::read_report(MappingTable table) {
  for (const FieldInfo& field : mapping_.record->fields) {
    if (field.origin == Origin::kSender) read_report_field(table, field);
  }
  check_required_of_report(table);
  table.finish();
  if (field_of(*mapping_.record, Shape::kStages) != nullptr) read_stages(part("stages"));
  if (field_of(*mapping_.record, Shape::kCounts) != nullptr) read_counts();
}

void MappingBuilder::read_report_field(MappingTable& table, const FieldInfo& field) {
  if (field.shape == Shape::kStages || field.shape == Shape::kCounts)
    return;  // tables of their own
  if (field.name == "operations") return read_operations(table);
  const TomlNode* const node = table.node(field.name);
  if (node == nullptr) return;
  const std::string name(field.name);
  const std::string path = table.path_of(field.name);
  switch (field.shape) {
    case Shape::kText:
    case Shape::kStatus:
    case Shape::kBound:
      if (const auto known = text_field(name))
        mapping_.texts[*known] = read_text(*node, path, name == "partner_ref", false);
      else mapping_.report.texts.emplace_back(name, read_text(*node, path, false, false));
      break;
    case Shape::kCodes:
      mapping_.report.lists.emplace_back(name, read_text_list(*node, path));
      break;
    case Shape::kStamp:
      if (name == kHappenedAt) mapping_.occurred_at = read_time_spec(*node, path, false);
      else if (name == kReportedAt) mapping_.reported_at = read_time_spec(*node, path, false);
      else mapping_.report.times.emplace_back(name, read_time_spec(*node, path, false));
      break;
    case Shape::kInteger:
      mapping_.report.numbers.emplace_back(name, read_number(*node, path));
      break;
    case Shape::kPlaces:
    case Shape::kStages:
    case Shape::kCounts:
    case Shape::kId: table.say(field.name, "cannot be mapped"); break;
  }
}

void MappingBuilder::check_required_of_report(MappingTable& report) {
  const bool withdrawing = mapping_.text(TextField::kWithdraws).has_value();
  for (const FieldInfo& field : mapping_.record->fields) {
    const bool made_up = field.name == "partner_ref" || field.name == "status";
    const bool needed = field.presence == Presence::kRequired ||
                        (field.presence == Presence::kUnlessWithdrawing && !withdrawing);
    if (field.origin != Origin::kSender || made_up || !needed || report.has(field.name)) continue;
    report.say(field.name, "is missing; give a column, or one value for all: { constant = \"…\" }");
  }
}

void MappingBuilder::read_counts() {
  const TomlNode* const list = root_.node("counts", Kind::kArray, "a list of tables: [[counts]]");
  if (list == nullptr) return;
  for (const TomlNode& node : list->items) {
    if (node.kind != Kind::kTable) {
      complaint_.say(node.line, "counts", "must be tables: [[counts]]");
      return;
    }
    MappingTable table(node, "counts", complaint_);
    const auto text = [&](std::string_view key) -> std::optional<TextSpec> {
      const TomlNode* const own = table.node(key);
      return own == nullptr ? std::nullopt
                            : std::optional(read_text(*own, table.path_of(key), false, false));
    };
    CountSpec spec;
    if (auto what = text("what")) spec.what = std::move(*what);
    else table.say("what", "is missing; say what is counted: { constant = \"site\" }");
    spec.kind = text("kind");
    spec.result = text("result");
    spec.bound = text("bound");
    if (const TomlNode* const n = table.node("n")) spec.n = read_number(*n, table.path_of("n"));
    else table.say("n", "is missing; name the column of the number");
    table.finish();
    mapping_.report.counts.push_back(std::move(spec));
  }
  if (mapping_.report.counts.size() > kMaxCounts)
    complaint_.say(list->line, "counts", fmt::format("more than {} counts", kMaxCounts));
}

}  // namespace lamplight::importer
