#include "schema_table.hpp"

#include <algorithm>
#include <set>

namespace lamplight::schema_table {

namespace {

std::string_view name_of(Shape shape) {
  switch (shape) {
    case Shape::kText: return "text";
    case Shape::kStatus: return "code";
    case Shape::kCodes: return "list of codes";
    case Shape::kPlaces: return "object: scheme → code";
    case Shape::kStages: return "object: stage → time";
    case Shape::kCounts: return "list of numbers";
    case Shape::kStamp: return "time with zone (RFC 3339)";
    case Shape::kInteger: return "whole number";
    case Shape::kBound: return "exact, at_least or reaches";
    case Shape::kId: return "id (UUID)";
  }
  return "";
}

std::string_view name_of(Presence presence) {
  switch (presence) {
    case Presence::kRequired: return "required";
    case Presence::kUnlessWithdrawing: return "required, but not with `withdraws`";
    case Presence::kOptional: return "optional";
  }
  return "";
}

std::string_view name_of(PlaceForm form) {
  switch (form) {
    case PlaceForm::kCode: return "code";
    case PlaceForm::kDigits: return "digits, 1 to 40";
    case PlaceForm::kHash: return "0-9 and a-f, 1 to 64";
  }
  return "";
}

std::string rule_of(const FieldInfo& field) {
  const Rule& rule = field.rule;
  std::string out;
  const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : "; ") + part; };
  if (rule.list)
    add("codes of [" + std::string(to_string(*rule.list)) + "](#" +
        std::string(to_string(*rule.list)) + ")");
  if (rule.token)
    add("A-Z, a-z, 0-9, _ and -, a letter and a digit at least; 16 bytes at least; eleven digits "
        "in a row only in a hash of 32 hexadecimal digits and more; what reads as a date "
        "(19900101, 1990-01-01) only where all is hexadecimal digits; of hexadecimal digits an "
        "eighth letters at least, in one case");
  if (rule.document) add("TOML");
  if (rule.reference) add("printable ASCII without spaces; no phone or identity number");
  if (rule.max_bytes > 0) add("1 to " + std::to_string(rule.max_bytes) + " bytes");
  if (rule.max_items > 0) add("at most " + std::to_string(rule.max_items));
  if (rule.number_shaped_refused && !rule.token)
    add("no eleven digits in a row and no phone number in groups unless listed");
  if (field.shape == Shape::kPlaces)
    add("codes have 1 to " + std::to_string(kMaxPlaceBytes) +
        " bytes, no spaces and no such numbers; or the form of their scheme");
  if (field.shape == Shape::kStages || field.shape == Shape::kPlaces)
    add("names not listed have 1 to 32 of a-z, 0-9, _ and -");
  if (field.shape == Shape::kInteger)
    add(std::to_string(rule.min) + " to " + std::to_string(rule.max));
  if (field.shape == Shape::kStamp || field.shape == Shape::kStages)
    add("years 1970 to 2199, at most microseconds");
  return out;
}

std::string codes_of(const CodeLists& codes, CodeList list) {
  const bool with_class = list == CodeList::kCategory;
  const bool with_form = list == CodeList::kPlaceScheme;
  std::string out = "\n### " + std::string(to_string(list)) + "\n\n";
  out += codes.is_open(list) ? "Open: other codes are taken with a warning.\n\n"
                             : "Closed: other codes are refused.\n\n";
  const std::string more = with_class ? " class |" : with_form ? " form |" : "";
  out += "| code | 中文 | English |" + more + "\n| --- | --- | --- |" +
         (more.empty() ? "" : " --- |") + "\n";
  for (const CodeEntry& entry : codes.entries(list)) {
    out += "| `" + entry.code + "` | " + entry.zh + " | " + entry.en + " |";
    if (with_class) out += " `" + entry.class_code + "` |";
    if (with_form) out += " " + std::string(name_of(entry.form)) + " |";
    out += "\n";
  }
  return out;
}

std::string table_of(std::span<const FieldInfo> fields, bool with_origin) {
  std::string out =
      std::string("| # | field | ") + (with_origin ? "set by | " : "") +
      "form | presence | rule | meaning | 含义 |\n| --- | --- | --- | --- | --- | --- | "
      "--- |" +
      (with_origin ? " --- |" : "") + "\n";
  std::size_t number = 0;
  for (const FieldInfo& field : fields) {
    out += "| " + std::to_string(++number) + " | `" + std::string(field.name) + "` | ";
    if (with_origin) out += field.origin == Origin::kSender ? "partner | " : "intake | ";
    out += std::string(name_of(field.shape)) + " | " + std::string(name_of(field.presence)) +
           " | " + rule_of(field) + " | " + std::string(field.en) + " | " + std::string(field.zh) +
           " |\n";
  }
  return out;
}

bool has_counts(std::span<const FieldInfo> fields) {
  return std::any_of(fields.begin(), fields.end(),
                     [](const FieldInfo& field) { return field.shape == Shape::kCounts; });
}

// In their own order.
std::set<CodeList> lists_of(std::span<const FieldInfo> fields) {
  std::set<CodeList> out;
  for (const FieldInfo& field : fields) {
    if (field.rule.list) out.insert(*field.rule.list);
  }
  if (has_counts(fields)) out.merge(lists_of(kCountParts));
  return out;
}

constexpr std::string_view kPartnersWords =
    " in wire order. Those set by intake are dropped, with a warning, when a partner sends\n"
    "them. `null` counts as left out. Unknown fields are dropped and named in a warning; names on "
    "`deny-list.toml` are\n"
    "refused at any depth. An item either corrects or withdraws another one, never both.\n\n";
constexpr std::string_view kOwnWords =
    " in wire order. It is published by this program and taken from no partner.\n\n";

}  // namespace

std::string markdown(const CodeLists& codes, const Type& type) {
  std::string out = "# " + type.title + ", version " + std::to_string(type.version) +
                    "\n\n<!-- Generated by `lamplight schema --write`; do not edit. -->\n\n"
                    "The fields of `" +
                    type.subject + "`" + std::string(type.posted ? kPartnersWords : kOwnWords) +
                    table_of(type.fields, type.posted);
  if (has_counts(type.fields)) {
    out +=
        "\n## Numbers\n\nEach of `counts` is an object of these. One what, kind and result is "
        "given once; in MessagePack it is an\narray in this order, with an empty text for what "
        "was not said.\n\n" +
        table_of(kCountParts, false);
  }
  out += "\n## Code lists\n";
  for (const CodeList list : lists_of(type.fields)) out += codes_of(codes, list);
  return out;
}

}  // namespace lamplight::schema_table
