#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "import/mapping_builder.hpp"

namespace lamplight::importer {

namespace {

using Kind = TomlNode::Kind;

// What a value given as a table, not as the name of a column, is called in messages.
constexpr std::string_view kValueForm = "the name of a column, or a table: { column = \"…\" }";

}  // namespace

// --- columns and where values come from ------------------------------------------------------------------------------

std::size_t MappingBuilder::column(const ColumnName& name) {
  const auto known = std::find(mapping_.columns.begin(), mapping_.columns.end(), name);
  if (known != mapping_.columns.end())
    return static_cast<std::size_t>(known - mapping_.columns.begin());
  mapping_.columns.push_back(name);
  return mapping_.columns.size() - 1;
}

// A column by its name, or by its number.
std::optional<std::size_t> MappingBuilder::column_of(const TomlNode& node, std::string_view path) {
  if (node.kind == Kind::kText && !node.text.empty()) return column({node.text, 0, node.line});
  if (node.kind == Kind::kInteger && node.integer >= 1 &&
      node.integer <= static_cast<std::int64_t>(kMaxCsvColumns)) {
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

Source MappingBuilder::read_source(MappingTable& table, const std::vector<std::string>& takes,
                                   std::size_t fallback, bool row_number) {
  constexpr std::array<Take, 5> kTakes = {Take::kFirst, Take::kLast, Take::kMin, Take::kMax,
                                          Take::kSum};
  Source source;
  source.take = kTakes.at(table.choice("take", takes, fallback));

  const TomlNode* const by_column = table.node("column");
  const std::optional<std::string> by_template = table.text("template");
  const std::optional<std::string> constant = table.text("constant");
  const bool by_row = row_number && table.flag("row_number", false);
  const int sources = (by_column != nullptr ? 1 : 0) + (by_template ? 1 : 0) + (constant ? 1 : 0) +
                      (by_row ? 1 : 0);
  if (sources != 1) {
    table.say("", sources == 0
                      ? "says not where the value comes from: give column, template or constant"
                      : "give one of column, template and constant, not several");
    return source;
  }
  if (by_column != nullptr) {
    if (const auto index = column_of(*by_column, table.path_of("column")))
      source.pieces.push_back({{}, *index, false});
  } else if (by_template) {
    source.pieces = read_template(table, *by_template);
  } else if (constant) {
    if (constant->empty())
      table.say("constant", "must not be empty; leave the whole field out instead");
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
      std::string_view name =
          close == std::string_view::npos ? "" : text.substr(i + 1, close - i - 1);
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
        table.say(
            "template",
            "braces go round the name of a column: {Name}; write {{ and }} for braces themselves");
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

TextSpec MappingBuilder::read_text(const TomlNode& node, const std::string& path, bool row_number,
                                   bool list) {
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
    table.say(spec.otherwise ? "otherwise" : "keep_unknown",
              "means something only beside codes or prefixes; for blank "
              "values write default");
  }
  if (spec.otherwise && spec.keep_unknown)
    table.say("keep_unknown", "contradicts otherwise: give one of them");
}

std::optional<Split> MappingBuilder::read_split(MappingTable& table) {
  const TomlNode* const node =
      table.node("split", Kind::kTable, "a table: { at = \": \", part = 1 }");
  if (node == nullptr) return std::nullopt;
  MappingTable own(*node, table.path_of("split"), complaint_);
  Split split;
  split.at = own.text("at").value_or("");
  if (split.at.empty()) own.say("at", "must be the text between the parts, as in \": \"");
  const TomlNode* const part = own.node("part");
  if (part == nullptr)
    own.say("",
            "says not which part: part = 1 (or 2, 3, …), \"last\", or \"rest\" for all behind the "
            "first");
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
  if (spec.formats.empty())
    spec.formats = stage && !stage_formats_.empty() ? stage_formats_ : formats_;
  if (const auto zone = read_zone(table)) spec.zone = *zone;
  else if (zone_) spec.zone = *zone_;
  else table.say("", "has no zone: give [time] zone, as in zone = \"Europe/Dublin\"");
  const Base base = base_.value_or(maps_occurred() ? Base::kOccurred : Base::kReported);
  spec.base = base;
  if (stage) {
    spec.base = std::array{Base::kOccurred, Base::kReported}.at(table.choice(
        "base", {std::string(occurred_name()), "reported_at"}, base == Base::kOccurred ? 0 : 1));
  }
  for (const TimeFormat& format : spec.formats) {
    if (!stage && !format.has_date()) {
      table.say(
          "format",
          fmt::format("\"{}\" has no date; join the columns: template = \"{{Date}} {{Time}}\"",
                      format.text()));
    }
  }
  table.finish();
  return spec;
}

std::vector<TextSpec> MappingBuilder::read_text_list(const TomlNode& node,
                                                     const std::string& path) {
  std::vector<TextSpec> specs;
  if (node.kind != Kind::kArray) specs.push_back(read_text(node, path, false, true));
  for (const TomlNode& item : node.items) specs.push_back(read_text(item, path, false, true));
  return specs;
}

AmountSpec MappingBuilder::read_amount(const TomlNode& node, const std::string& path) {
  AmountSpec spec;
  const auto own = value(node, path);
  if (!own) return spec;
  MappingTable table(own->stand_in, own->path, complaint_);
  spec.source = read_source(table, {"first", "last", "min", "max", "sum"}, 0, false);
  spec.fen_per_unit = std::array<std::int64_t, 3>{100, 1, 1'000'000}.at(
      table.choice("unit", {"yuan", "fen", "wan_yuan"}, 0));
  table.finish();
  return spec;
}

NumberSpec MappingBuilder::read_number(const TomlNode& node, const std::string& path) {
  NumberSpec spec;
  const auto own = value(node, path);
  if (!own) return spec;
  MappingTable table(own->stand_in, own->path, complaint_);
  spec.source = read_source(table, {"first", "last", "min", "max", "sum"}, 0, false);
  constexpr std::array<std::int64_t, 3> kFen = {100, 1, 1'000'000};
  const bool money = table.has("unit");
  const std::size_t unit = table.choice("unit", {"yuan", "fen", "wan_yuan"}, 0);
  if (money) spec.fen_per_unit = kFen.at(unit);
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

}  // namespace lamplight::importer
