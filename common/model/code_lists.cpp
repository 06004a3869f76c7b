#include "model/code_lists.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "embedded_files.hpp"
#include "model/item_types.hpp"
#include "reference_file.hpp"

namespace lamplight {

namespace {

constexpr std::array<std::string_view, kCodeListCount> kListNames = {
    "status",       "class",        "category",     "area",         "operation",
    "stage",        "place_scheme", "unit",         "shift",        "focus",
    "count",        "count_kind",   "count_result", "case_flag",    "case_stage",
    "outcome",      "person_flag",  "hazard_kind",  "hazard_state", "clearance_action",
    "person_scope", "figure_role"};
constexpr std::uint64_t kMaxFileBytes = 1U << 20;
constexpr const char* kDenyListFile = "deny-list.toml";

std::string file_of(std::size_t list) { return "codes/" + std::string(kListNames[list]) + ".toml"; }

// Lists whose codes this program knows by name: a file may label them, not invent any.
struct Fixed {
  CodeList list;
  std::span<const std::string_view> codes;
};
constexpr std::array<std::string_view, 5> kStatuses = {"Actual", "Exercise", "System", "Test",
                                                       "Draft"};
constexpr std::array<std::string_view, 4> kHazardStates = {"found", "rectified", "verified",
                                                           "waived"};
constexpr std::array<std::string_view, 3> kClearanceActions = {"plan", "open", "close"};
constexpr std::array<std::string_view, 2> kPersonScopes = {"district", "sender"};
constexpr std::array<std::string_view, 3> kFigureRoles = {"value", "baseline", "published"};
constexpr std::array kFixed = {
    Fixed{CodeList::kStatus, kStatuses}, Fixed{CodeList::kHazardState, kHazardStates},
    Fixed{CodeList::kClearanceAction, kClearanceActions},
    Fixed{CodeList::kPersonScope, kPersonScopes}, Fixed{CodeList::kFigureRole, kFigureRoles}};

Result<void> check_fixed(const std::string& file, const Fixed& fixed,
                         const std::vector<CodeEntry>& entries, bool open) {
  const std::string list(to_string(fixed.list));
  if (open) return Error(Code::kInvalid, file + ": " + list + " must be closed (open = false)");
  for (const CodeEntry& entry : entries) {
    if (std::find(fixed.codes.begin(), fixed.codes.end(), entry.code) != fixed.codes.end())
      continue;
    std::string known;
    for (const std::string_view code : fixed.codes)
      known += (known.empty() ? "" : ", ") + std::string(code);
    return Error(Code::kInvalid,
                 file + ": " + list + " \"" + entry.code + "\" is none of " + known);
  }
  return {};
}

template <typename T>
void add_field_names(std::vector<std::string_view>& out) {
  for (const FieldInfo& field : field_infos<T>()) out.push_back(field.name);
}

// Nothing could be sent whose field is refused.
Result<void> check_field_names(const std::string& file, const DenyList& deny) {
  std::vector<std::string_view> names;
  names.reserve(kCountParts.size());
  for (const FieldInfo& part : kCountParts) names.push_back(part.name);
  for_each_item_type([&names]<typename T>(Item<T>) { add_field_names<T>(names); });
  for (const std::string_view name : names) {
    if (deny.refuses(name))
      return Error(Code::kInvalid,
                   file + ": refuses \"" + std::string(name) + "\", a field of the schema");
  }
  return {};
}

// Codes that stand as keys in JSON must not be names that the deny-list refuses.
Result<void> check_keys(const std::string& file, const std::vector<CodeEntry>& entries,
                        const DenyList& deny) {
  for (const CodeEntry& entry : entries) {
    if (!deny.refuses(entry.code)) continue;
    return Error(Code::kInvalid, file + ": code \"" + entry.code +
                                     "\" is refused by the deny-list; name it otherwise");
  }
  return {};
}

}  // namespace

std::string_view to_string(CodeList list) { return kListNames.at(static_cast<std::size_t>(list)); }

Result<CodeLists> CodeLists::make(const Sources& codes, const std::vector<Source>& deny_lists) {
  CodeLists out;
  for (const Source& source : deny_lists) {
    if (auto read = reference_file::parse_deny_list(source.file, source.text, out.deny_); !read)
      return read.error();
  }
  if (auto fine = check_field_names(deny_lists.back().file, out.deny_); !fine) return fine.error();
  for (std::size_t i = 0; i < kCodeListCount; ++i) {
    auto read =
        reference_file::parse_code_list(codes[i].file, codes[i].text, static_cast<CodeList>(i));
    if (!read) return read.error();
    List& list = out.lists_[i];
    list.open = read->open;
    list.entries = std::move(read->entries);
    for (std::size_t n = 0; n < list.entries.size(); ++n)
      list.by_code.emplace(list.entries[n].code, n);
  }
  const auto file = [&](CodeList list) { return codes[static_cast<std::size_t>(list)].file; };
  for (const Fixed& fixed : kFixed) {
    const List& list = out.at(fixed.list);
    if (auto fine = check_fixed(file(fixed.list), fixed, list.entries, list.open); !fine)
      return fine.error();
  }
  for (const CodeList list : {CodeList::kStage, CodeList::kPlaceScheme, CodeList::kCaseStage}) {
    if (auto fine = check_keys(file(list), out.entries(list), out.deny_); !fine)
      return fine.error();
  }
  for (const CodeEntry& category : out.entries(CodeList::kCategory)) {
    if (category.class_code.empty() || out.find(CodeList::kClass, category.class_code) != nullptr)
      continue;
    return Error(Code::kInvalid, file(CodeList::kCategory) + ": category \"" + category.code +
                                     "\" names class \"" + category.class_code + "\", which " +
                                     file(CodeList::kClass) + " does not list");
  }
  return out;
}

Result<CodeLists> CodeLists::builtin() {
  Sources codes;
  for (std::size_t i = 0; i < kCodeListCount; ++i) {
    codes[i] = {"schemas/" + file_of(i), std::string(embedded::file(file_of(i)))};
  }
  return make(codes, {{"schemas/deny-list.toml", std::string(embedded::file(kDenyListFile))}});
}

Result<CodeLists> CodeLists::load(Disk& disk, const std::string& folder) {
  if (!disk.exists(folder)) {
    return Error(Code::kNotFound, "code lists: no folder " + folder +
                                      "; it should hold codes/<list>.toml and deny-list.toml");
  }
  Sources codes;
  for (std::size_t i = 0; i < kCodeListCount; ++i) {
    const std::string path = folder + "/" + file_of(i);
    if (!disk.exists(path)) {
      codes[i] = {"schemas/" + file_of(i), std::string(embedded::file(file_of(i)))};
      continue;
    }
    auto text = read_file(disk, path, kMaxFileBytes);
    if (!text) return text.error().with("code lists");
    codes[i] = {path, std::move(text).value()};
  }
  std::vector<Source> deny = {
      {"schemas/deny-list.toml", std::string(embedded::file(kDenyListFile))}};
  const std::string path = folder + "/" + kDenyListFile;
  if (disk.exists(path)) {
    auto text = read_file(disk, path, kMaxFileBytes);
    if (!text) return text.error().with("deny-list");
    deny.push_back({path, std::move(text).value()});
  }
  return make(codes, deny);
}

const CodeEntry* CodeLists::find(CodeList list, std::string_view code) const {
  const List& in = at(list);
  const auto found = in.by_code.find(code);
  return found == in.by_code.end() ? nullptr : &in.entries[found->second];
}

std::set<std::string, std::less<>> CodeLists::first(CodeList list, std::size_t most) const {
  std::set<std::string, std::less<>> codes;
  for (const CodeEntry& entry : entries(list)) {
    if (codes.size() == most) break;
    codes.insert(entry.code);
  }
  return codes;
}

std::string_view CodeLists::label(CodeList list, std::string_view code, Language language) const {
  const CodeEntry* entry = find(list, code);
  if (entry == nullptr) return code;
  return language == Language::kChinese ? entry->zh : entry->en;
}

}  // namespace lamplight
