#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/sha256.hpp"
#include "import/mapping.hpp"
#include "import/mapping_builder.hpp"
#include "model/describe.hpp"

namespace lamplight::importer {

namespace {

using Kind = TomlNode::Kind;

constexpr std::array<std::string_view, kTextFields> kTextNames = {
    "partner_ref", "status", "class", "category", "area", "corrects", "withdraws"};

}  // namespace

Result<void> MappingBuilder::build() {
  read_record();
  read_format(part("file"));
  read_time(part("time"));
  if (mapping_.record->is_alert()) {
    read_alert(part("alert"));
    read_places(part("places"));
    read_stages(part("stages"));
  } else {
    read_report(part("report"));
  }
  read_incident(part("incident"));
  read_skip();
  root_.finish();
  if (complaint_.error()) return *complaint_.error();
  return {};
}

MappingTable MappingBuilder::part(std::string_view name) {
  const TomlNode* const found = root_.node(name, Kind::kTable, fmt::format("a table: [{}]", name));
  return {found == nullptr ? empty_ : *found, std::string(name), complaint_};
}

void MappingBuilder::read_format(MappingTable table) {
  FileFormat& format = mapping_.format;
  const auto one_character = [&](std::string_view key, char fallback, bool may_be_empty) {
    const auto text = table.text(key);
    if (!text) return fallback;
    if (text->size() == 1 && static_cast<unsigned char>(text->front()) < 0x80 && *text != "\n" &&
        *text != "\r") {
      return text->front();
    }
    if (!text->empty() || !may_be_empty)
      table.say(key, "must be one ASCII character, as in \",\", \";\" or \"\\t\"");
    return char{0};
  };
  format.csv.delimiter = one_character("delimiter", ',', false);
  format.csv.quote = one_character("quote", '"', true);
  if (format.csv.quote == format.csv.delimiter) table.say("quote", "is the delimiter, too");
  if (const auto name = table.text("encoding")) {
    const auto encoding = encoding_from(*name);
    if (encoding) format.encoding = *encoding;
    else
      table.say(
          "encoding",
          fmt::format("is \"{}\"; it may be one of: utf-8, gb18030, latin1, windows-1252", *name));
  }
  format.header = table.flag("header", true);
  format.columns = table.texts("columns");
  format.skip_lines = table.count("skip_lines", 0, 1'000'000);
  format.trim = table.flag("trim", true);
  format.blank = table.texts("blank");
  format.ignore = table.texts("ignore");
  table.finish();
}

void MappingBuilder::read_time(MappingTable table) {
  zone_ = read_zone(table);
  formats_ = read_formats(table, "format");
  stage_formats_ = read_formats(table, "stage_format");
  if (table.has("base")) {
    base_ = std::array{Base::kOccurred, Base::kReported}.at(
        table.choice("base", {std::string(occurred_name()), "reported_at"}, 0));
  } else {
    (void)table.node("base");
  }
  if (formats_.empty()) {
    for (const std::string_view text :
         {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"}) {
      formats_.push_back(TimeFormat::compile(text).value());
    }
  }
  table.finish();
}

void MappingBuilder::read_alert(MappingTable table) {
  for (std::size_t i = 0; i < kTextFields; ++i) {
    const std::string_view name = kTextNames[i];
    if (const TomlNode* const node = table.node(name)) {
      mapping_.texts[i] = read_text(*node, table.path_of(name), name == "partner_ref", false);
    }
  }
  read_operations(table);
  if (const TomlNode* const node = table.node("occurred_at")) {
    mapping_.occurred_at = read_time_spec(*node, table.path_of("occurred_at"), false);
  }
  if (const TomlNode* const node = table.node("reported_at")) {
    mapping_.reported_at = read_time_spec(*node, table.path_of("reported_at"), false);
  }
  if (const TomlNode* const node = table.node("amount_fen")) {
    mapping_.amount = read_amount(*node, table.path_of("amount_fen"));
  }
  check_required(table);
  table.finish();
}

void MappingBuilder::read_operations(MappingTable& table) {
  if (const TomlNode* const node = table.node("operations"))
    mapping_.operations = read_text_list(*node, table.path_of("operations"));
}

void MappingBuilder::check_required(MappingTable& alert) {
  if (!mapping_.reported_at)
    alert.say("reported_at", "is missing: every alert says when it was reported");
  if (mapping_.text(TextField::kWithdraws))
    return;  // what takes another out needs no codes of its own
  for (const TextField field : {TextField::kClass, TextField::kCategory, TextField::kArea}) {
    if (!mapping_.text(field)) {
      alert.say(to_string(field),
                "is missing; give a column, or one code for all: { constant = \"…\" }");
    }
  }
}

void MappingBuilder::read_places(MappingTable table) {
  for (const auto& [scheme, node] : table.table().entries) {
    (void)table.node(scheme);
    mapping_.places.emplace_back(scheme, read_text(node, table.path_of(scheme), false, false));
  }
  if (mapping_.places.size() > kMaxListItems)
    table.say("", fmt::format("more than {} places", kMaxListItems));
}

void MappingBuilder::read_stages(MappingTable table) {
  for (const auto& [stage, node] : table.table().entries) {
    (void)table.node(stage);
    mapping_.stages.emplace_back(stage, read_time_spec(node, table.path_of(stage), true));
    const bool no_base =
        mapping_.stages.back().second.base == Base::kOccurred && !mapping_.occurred_at;
    if (no_base) {
      table.say(stage, fmt::format("counts from {}, which [{}] does not map", occurred_name(),
                                   mapping_.record->is_alert() ? "alert" : "report"));
    }
  }
  if (mapping_.stages.size() > kMaxListItems)
    table.say("", fmt::format("more than {} stages", kMaxListItems));
}

void MappingBuilder::read_incident(MappingTable table) {
  const TomlNode* const key = table.node("key");
  mapping_.incident.adjacent = table.choice("rows", {"anywhere", "adjacent"}, 0) == 1;
  table.finish();
  if (key == nullptr) {
    if (!table.table().entries.empty())
      table.say("key", "is missing: name the columns that rows of one incident share");
    return;
  }
  const std::vector<TomlNode> one = {*key};
  for (const TomlNode& item : key->kind == Kind::kArray ? key->items : one) {
    if (const auto index = column_of(item, table.path_of("key")))
      mapping_.incident.key.push_back(*index);
  }
  if (mapping_.incident.key.empty()) table.say("key", "must name at least one column");
}

void MappingBuilder::read_skip() {
  const TomlNode* const list = root_.node("skip", Kind::kArray, "a list of tables: [[skip]]");
  if (list == nullptr) return;
  for (const TomlNode& node : list->items) {
    if (node.kind != Kind::kTable) {
      complaint_.say(node.line, "skip", "must be tables: [[skip]]");
      return;
    }
    MappingTable table(node, "skip", complaint_);
    SkipRule rule;
    if (const TomlNode* const name = table.node("column"))
      rule.column = column_of(*name, "skip.column").value_or(0);
    else table.say("column", "is missing");
    constexpr std::array<std::pair<std::string_view, SkipRule::Test>, 3> kTests = {
        {{"equals", SkipRule::Test::kEquals},
         {"differs", SkipRule::Test::kDiffers},
         {"begins_with", SkipRule::Test::kBeginsWith}}};
    int tests = 0;
    for (const auto& [key, test] : kTests) {
      if (!table.has(key)) {
        (void)table.node(key);
        continue;
      }
      rule.test = test;
      rule.values = table.texts(key);
      ++tests;
    }
    if (table.flag("blank", false)) {
      rule.test = SkipRule::Test::kBlank;
      ++tests;
    }
    if (tests != 1) table.say("", "needs one of equals, differs, begins_with and blank = true");
    const std::string name = mapping_.columns.empty() ? "" : mapping_.columns[rule.column].name;
    rule.reason =
        table.text("reason").value_or(fmt::format("skip rule on line {} ({})", node.line, name));
    table.finish();
    mapping_.skip.push_back(std::move(rule));
  }
}

std::string_view to_string(TextField field) { return kTextNames[static_cast<std::size_t>(field)]; }

Result<Mapping> read_mapping(std::string_view toml, const std::string& file) {
  auto root = parse_toml(toml, file);
  if (!root) return root.error();
  Mapping mapping;
  mapping.file = file;
  const ChainHash digest = sha256(as_bytes(toml));
  mapping.digest = to_hex(digest.span());
  MappingBuilder builder(mapping, *root);
  if (auto built = builder.build(); !built) return built.error();
  return mapping;
}

}  // namespace lamplight::importer
