#include <fmt/core.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "import/mapping.hpp"
#include "import/mapping_table.hpp"
#include "model/alert_description.hpp"

namespace lamplight::importer {

namespace {

using Kind = TomlNode::Kind;

constexpr std::array<std::string_view, kTextFields> kTextNames = {"partner_ref", "status", "class", "category", "area",
                                                                  "corrects", "withdraws"};

// What a value given as a table, not as the name of a column, is called in messages.
constexpr std::string_view kValueForm = "the name of a column, or a table: { column = \"…\" }";

/// Reads the parts of a mapping into a Mapping; whatever is wrong goes to the complaint.
class MappingBuilder {
 public:
  MappingBuilder(Mapping& mapping, const TomlNode& root)
      : mapping_(mapping), complaint_(mapping.file), root_(root, "", complaint_) {}

  Result<void> build() {
    read_format(part("file"));
    read_time(part("time"));
    read_alert(part("alert"));
    read_places(part("places"));
    read_stages(part("stages"));
    read_incident(part("incident"));
    read_skip();
    root_.finish();
    if (complaint_.error()) return *complaint_.error();
    return {};
  }

 private:
  MappingTable part(std::string_view name) {
    const TomlNode* const found = root_.node(name, Kind::kTable, fmt::format("a table: [{}]", name));
    return {found == nullptr ? empty_ : *found, std::string(name), complaint_};
  }

  void read_format(MappingTable table);
  void read_time(MappingTable table);
  void read_alert(MappingTable table);
  void read_places(MappingTable table);
  void read_stages(MappingTable table);
  void read_incident(MappingTable table);
  void read_skip();
  void check_required(MappingTable& alert);

  // A value: its own table, or one that stands for a column's name.
  struct Value {
    TomlNode stand_in;
    std::string path;
  };
  std::optional<Value> value(const TomlNode& node, std::string path);
  Source read_source(MappingTable& table, const std::vector<std::string>& takes, std::size_t fallback, bool row_number);
  std::vector<Piece> read_template(MappingTable& table, std::string_view text);
  TextSpec read_text(const TomlNode& node, const std::string& path, bool row_number, bool list);
  void read_steps(MappingTable& table, TextSpec& spec);
  std::optional<Split> read_split(MappingTable& table);
  TimeSpec read_time_spec(const TomlNode& node, const std::string& path, bool stage);
  AmountSpec read_amount(const TomlNode& node, const std::string& path);
  std::vector<TimeFormat> read_formats(MappingTable& table, std::string_view key);
  std::optional<Zone> read_zone(MappingTable& table);
  std::size_t column(const ColumnName& name);
  std::optional<std::size_t> column_of(const TomlNode& node, std::string_view path);

  Mapping& mapping_;
  Complaint complaint_;
  MappingTable root_;
  TomlNode empty_{.kind = Kind::kTable};
  std::optional<Zone> zone_;
  std::vector<TimeFormat> formats_;
  std::vector<TimeFormat> stage_formats_;
  std::optional<Base> base_;
};

// --- columns and where values come from ------------------------------------------------------------------------------

std::size_t MappingBuilder::column(const ColumnName& name) {
  const auto known = std::find(mapping_.columns.begin(), mapping_.columns.end(), name);
  if (known != mapping_.columns.end()) return static_cast<std::size_t>(known - mapping_.columns.begin());
  mapping_.columns.push_back(name);
  return mapping_.columns.size() - 1;
}

// A column by its name, or by its number.
std::optional<std::size_t> MappingBuilder::column_of(const TomlNode& node, std::string_view path) {
  if (node.kind == Kind::kText && !node.text.empty()) return column({node.text, 0, node.line});
  if (node.kind == Kind::kInteger && node.integer >= 1 && node.integer <= static_cast<std::int64_t>(kMaxCsvColumns)) {
    return column({{}, static_cast<std::uint32_t>(node.integer), node.line});
  }
  complaint_.say(node.line, path, "must be the name of a column, or its number from 1");
  return std::nullopt;
}

std::optional<MappingBuilder::Value> MappingBuilder::value(const TomlNode& node, std::string path) {
  Value out{node, std::move(path)};
  if (node.kind == Kind::kTable) return out;
  if (node.kind != Kind::kText && node.kind != Kind::kInteger) {
    complaint_.say(node.line, out.path, fmt::format("must be {}", kValueForm));
    return std::nullopt;
  }
  out.stand_in = TomlNode{.kind = Kind::kTable, .line = node.line};
  out.stand_in.entries.emplace_back("column", node);
  return out;
}

Source MappingBuilder::read_source(MappingTable& table, const std::vector<std::string>& takes, std::size_t fallback,
                                   bool row_number) {
  constexpr std::array<Take, 5> kTakes = {Take::kFirst, Take::kLast, Take::kMin, Take::kMax, Take::kSum};
  Source source;
  source.take = kTakes.at(table.choice("take", takes, fallback));

  const TomlNode* const by_column = table.node("column");
  const std::optional<std::string> by_template = table.text("template");
  const std::optional<std::string> constant = table.text("constant");
  const bool by_row = row_number && table.flag("row_number", false);
  const int sources = (by_column != nullptr ? 1 : 0) + (by_template ? 1 : 0) + (constant ? 1 : 0) + (by_row ? 1 : 0);
  if (sources != 1) {
    table.say("", sources == 0 ? "says not where the value comes from: give column, template or constant"
                               : "give one of column, template and constant, not several");
    return source;
  }
  if (by_column != nullptr) {
    if (const auto index = column_of(*by_column, table.path_of("column"))) source.pieces.push_back({{}, *index, false});
  } else if (by_template) {
    source.pieces = read_template(table, *by_template);
  } else if (constant) {
    if (constant->empty()) table.say("constant", "must not be empty; leave the whole field out instead");
    source.pieces.push_back({*constant, {}, false});
  }
  return source;
}

// "{Date} {TOC}": columns in braces, {{ and }} for the braces themselves, {Name?} for a column that may be blank, {#3}
// for the third column.
std::vector<Piece> MappingBuilder::read_template(MappingTable& table, std::string_view text) {
  std::vector<Piece> pieces;
  const auto literal = [&pieces](char c) {
    if (pieces.empty() || pieces.back().column) pieces.emplace_back();
    pieces.back().literal.push_back(c);
  };
  bool columns = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if (text[i] != '{' && text[i] != '}') {
      literal(text[i]);
    } else if (doubled) {
      literal(text[i++]);
    } else {
      const std::size_t close = text.find('}', i);
      std::string_view name = close == std::string_view::npos ? "" : text.substr(i + 1, close - i - 1);
      const bool optional = name.ends_with('?');
      if (optional) name.remove_suffix(1);
      TomlNode node{.kind = Kind::kText, .line = table.table().line, .text = std::string(name)};
      if (const TomlNode* const own = table.table().find("template")) node.line = own->line;
      if (name.starts_with('#') && name.size() <= 5 &&
          std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        node.kind = Kind::kInteger;
        for (const char c : name.substr(1)) node.integer = node.integer * 10 + (c - '0');
      }
      if (text[i] == '}' || name.empty()) {
        table.say("template", "braces go round the name of a column: {Name}; write {{ and }} for braces themselves");
        return pieces;
      }
      Piece piece;
      piece.column = column_of(node, table.path_of("template"));
      piece.may_be_blank = optional;
      pieces.push_back(std::move(piece));
      columns = true;
      i = close;
    }
  }
  if (!columns) table.say("template", "names no column; a fixed text is a constant");
  return pieces;
}

// --- kinds of values -------------------------------------------------------------------------------------------------

TextSpec MappingBuilder::read_text(const TomlNode& node, const std::string& path, bool row_number, bool list) {
  TextSpec spec;
  const auto own = value(node, path);
  if (!own) return spec;
  MappingTable table(own->stand_in, own->path, complaint_);
  spec.source = read_source(table, {"first", "last", "min", "max"}, 0, row_number);
  read_steps(table, spec);
  if (list) spec.each = table.text("each").value_or("");
  table.finish();
  return spec;
}

void MappingBuilder::read_steps(MappingTable& table, TextSpec& spec) {
  spec.strip_prefix = table.texts("strip_prefix");
  spec.strip_suffix = table.texts("strip_suffix");
  spec.replace = table.pair_list("replace");
  spec.split = read_split(table);
  spec.letter_case = std::array{LetterCase::kKeep, LetterCase::kUpper, LetterCase::kLower}.at(
      table.choice("case", {"keep", "upper", "lower"}, 0));
  spec.prefixes = table.pairs("prefixes");
  std::stable_sort(spec.prefixes.begin(), spec.prefixes.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  for (auto& [from, to] : table.pairs("codes")) spec.codes.emplace(std::move(from), std::move(to));
  spec.otherwise = table.text("otherwise");
  spec.keep_unknown = table.flag("keep_unknown", false);
  spec.when_blank = table.text("default");
  spec.cut = table.flag("cut", false);
  if ((spec.otherwise || spec.keep_unknown) && spec.prefixes.empty() && spec.codes.empty()) {
    table.say(spec.otherwise ? "otherwise" : "keep_unknown", "means something only beside codes or prefixes; for blank "
                                                             "values write default");
  }
  if (spec.otherwise && spec.keep_unknown) table.say("keep_unknown", "contradicts otherwise: give one of them");
}

std::optional<Split> MappingBuilder::read_split(MappingTable& table) {
  const TomlNode* const node = table.node("split", Kind::kTable, "a table: { at = \": \", part = 1 }");
  if (node == nullptr) return std::nullopt;
  MappingTable own(*node, table.path_of("split"), complaint_);
  Split split;
  split.at = own.text("at").value_or("");
  if (split.at.empty()) own.say("at", "must be the text between the parts, as in \": \"");
  const TomlNode* const part = own.node("part");
  if (part == nullptr) own.say("", "says not which part: part = 1 (or 2, 3, …), \"last\", or \"rest\" for all behind the first");
  else if (part->kind == Kind::kInteger && part->integer >= 1 && part->integer <= 1000) {
    split.part = static_cast<std::size_t>(part->integer);
  } else if (part->kind == Kind::kText && part->text == "last") split.last = true;
  else if (part->kind == Kind::kText && part->text == "rest") split.rest = true;
  else own.say("part", "must be 1, 2, 3, …, \"last\" or \"rest\"");
  own.finish();
  return split;
}

TimeSpec MappingBuilder::read_time_spec(const TomlNode& node, const std::string& path, bool stage) {
  TimeSpec spec;
  const auto own = value(node, path);
  if (!own) return spec;
  MappingTable table(own->stand_in, own->path, complaint_);
  spec.source = read_source(table, {"first", "last", "min", "max"}, 2, false);
  spec.formats = read_formats(table, "format");
  if (spec.formats.empty()) spec.formats = stage && !stage_formats_.empty() ? stage_formats_ : formats_;
  if (const auto zone = read_zone(table)) spec.zone = *zone;
  else if (zone_) spec.zone = *zone_;
  else table.say("", "has no zone: give [time] zone, as in zone = \"Europe/Dublin\"");
  const Base base = base_.value_or(root_.has("alert") && root_.table().find("alert")->find("occurred_at") != nullptr
                                       ? Base::kOccurred : Base::kReported);
  spec.base = base;
  if (stage) {
    spec.base = std::array{Base::kOccurred, Base::kReported}.at(
        table.choice("base", {"occurred_at", "reported_at"}, base == Base::kOccurred ? 0 : 1));
  }
  for (const TimeFormat& format : spec.formats) {
    if (!stage && !format.has_date()) {
      table.say("format", fmt::format("\"{}\" has no date; join the columns: template = \"{{Date}} {{Time}}\"", format.text()));
    }
  }
  table.finish();
  return spec;
}

AmountSpec MappingBuilder::read_amount(const TomlNode& node, const std::string& path) {
  AmountSpec spec;
  const auto own = value(node, path);
  if (!own) return spec;
  MappingTable table(own->stand_in, own->path, complaint_);
  spec.source = read_source(table, {"first", "last", "min", "max", "sum"}, 0, false);
  spec.fen_per_unit = std::array<std::int64_t, 3>{100, 1, 1'000'000}.at(table.choice("unit", {"yuan", "fen", "wan_yuan"}, 0));
  table.finish();
  return spec;
}

std::vector<TimeFormat> MappingBuilder::read_formats(MappingTable& table, std::string_view key) {
  std::vector<TimeFormat> formats;
  for (const std::string& text : table.texts(key)) {
    auto format = TimeFormat::compile(text);
    if (format) formats.push_back(std::move(*format));
    else table.say(key, fmt::format("\"{}\": {}", text, format.error().message()));
  }
  return formats;
}

std::optional<Zone> MappingBuilder::read_zone(MappingTable& table) {
  const std::optional<std::string> name = table.text("zone");
  if (!name) return std::nullopt;
  auto zone = Zone::load(*name);
  if (zone) return *zone;
  table.say("zone", zone.error().message());
  return std::nullopt;
}

// --- the parts of the file -------------------------------------------------------------------------------------------

void MappingBuilder::read_format(MappingTable table) {
  FileFormat& format = mapping_.format;
  const auto one_character = [&](std::string_view key, char fallback, bool may_be_empty) {
    const auto text = table.text(key);
    if (!text) return fallback;
    if (text->size() == 1 && static_cast<unsigned char>(text->front()) < 0x80 && *text != "\n" && *text != "\r") {
      return text->front();
    }
    if (!text->empty() || !may_be_empty) table.say(key, "must be one ASCII character, as in \",\", \";\" or \"\\t\"");
    return char{0};
  };
  format.csv.delimiter = one_character("delimiter", ',', false);
  format.csv.quote = one_character("quote", '"', true);
  if (format.csv.quote == format.csv.delimiter) table.say("quote", "is the delimiter, too");
  if (const auto name = table.text("encoding")) {
    const auto encoding = encoding_from(*name);
    if (encoding) format.encoding = *encoding;
    else table.say("encoding", fmt::format("is \"{}\"; it may be one of: utf-8, gb18030, latin1", *name));
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
    base_ = std::array{Base::kOccurred, Base::kReported}.at(table.choice("base", {"occurred_at", "reported_at"}, 0));
  } else {
    (void)table.node("base");
  }
  if (formats_.empty()) {
    for (const std::string_view text : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"}) {
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
  if (const TomlNode* const node = table.node("operations")) {
    const std::string path = table.path_of("operations");
    if (node->kind != Kind::kArray) mapping_.operations.push_back(read_text(*node, path, false, true));
    for (const TomlNode& item : node->items) mapping_.operations.push_back(read_text(item, path, false, true));
  }
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

void MappingBuilder::check_required(MappingTable& alert) {
  if (!mapping_.reported_at) alert.say("reported_at", "is missing: every alert says when it was reported");
  if (mapping_.text(TextField::kWithdraws)) return;  // what takes another out needs no codes of its own
  for (const TextField field : {TextField::kClass, TextField::kCategory, TextField::kArea}) {
    if (!mapping_.text(field)) {
      alert.say(to_string(field), "is missing; give a column, or one code for all: { constant = \"…\" }");
    }
  }
}

void MappingBuilder::read_places(MappingTable table) {
  for (const auto& [scheme, node] : table.table().entries) {
    (void)table.node(scheme);
    mapping_.places.emplace_back(scheme, read_text(node, table.path_of(scheme), false, false));
  }
  if (mapping_.places.size() > kMaxListItems) table.say("", fmt::format("more than {} places", kMaxListItems));
}

void MappingBuilder::read_stages(MappingTable table) {
  for (const auto& [stage, node] : table.table().entries) {
    (void)table.node(stage);
    mapping_.stages.emplace_back(stage, read_time_spec(node, table.path_of(stage), true));
    const bool no_base = mapping_.stages.back().second.base == Base::kOccurred && !mapping_.occurred_at;
    if (no_base) table.say(stage, "counts from occurred_at, which [alert] does not map");
  }
  if (mapping_.stages.size() > kMaxListItems) table.say("", fmt::format("more than {} stages", kMaxListItems));
}

void MappingBuilder::read_incident(MappingTable table) {
  const TomlNode* const key = table.node("key");
  mapping_.incident.adjacent = table.choice("rows", {"anywhere", "adjacent"}, 0) == 1;
  table.finish();
  if (key == nullptr) {
    if (!table.table().entries.empty()) table.say("key", "is missing: name the columns that rows of one incident share");
    return;
  }
  const std::vector<TomlNode> one = {*key};
  for (const TomlNode& item : key->kind == Kind::kArray ? key->items : one) {
    if (const auto index = column_of(item, table.path_of("key"))) mapping_.incident.key.push_back(*index);
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
    if (const TomlNode* const name = table.node("column")) rule.column = column_of(*name, "skip.column").value_or(0);
    else table.say("column", "is missing");
    constexpr std::array<std::pair<std::string_view, SkipRule::Test>, 3> kTests = {
        {{"equals", SkipRule::Test::kEquals}, {"differs", SkipRule::Test::kDiffers}, {"begins_with", SkipRule::Test::kBeginsWith}}};
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
    rule.reason = table.text("reason").value_or(fmt::format("skip rule on line {} ({})", node.line, name));
    table.finish();
    mapping_.skip.push_back(std::move(rule));
  }
}

}  // namespace

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
