#include "tally/campaign/definition.hpp"

#include <algorithm>

#include "tally/campaign/fields.hpp"

namespace lamplight::tally {
namespace {

template <typename List>
const CodeWords* find_words(const List& codes, std::string_view list, std::string_view code) {
  const auto found = std::find_if(codes.begin(), codes.end(), [&](const CodeWords& words) {
    return words.list == list && words.code == code;
  });
  return found == codes.end() ? nullptr : &*found;
}

}  // namespace

const MeasureSpec* CampaignDefinition::measure(std::string_view name) const {
  const auto found = std::find_if(measures.begin(), measures.end(),
                                  [&](const MeasureSpec& spec) { return spec.name == name; });
  return found == measures.end() ? nullptr : &*found;
}

const FigureSpec* CampaignDefinition::figure(std::string_view id) const {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const FigureSpec& spec) { return spec.id == id; });
  return found == figures.end() ? nullptr : &*found;
}

std::string CampaignDefinition::label(const CodeLists& lists, std::string_view field,
                                      std::string_view value, Language language) const {
  if (const CodeWords* own = find_words(codes, field, value)) return own->words.in(language);
  for (const Rollup& rollup : rollups) {
    if (rollup.name != field) continue;
    for (const Rollup::Group& group : rollup.groups) {
      if (group.code == value) return group.words.in(language);
    }
    return label(lists, rollup.of, value, language);  // `of` is a field, never another rollup
  }
  for (const CodeList list : lists_of_field(field)) {
    if (const CodeWords* own = find_words(codes, to_string(list), value)) {
      return own->words.in(language);
    }
    if (lists.find(list, value) != nullptr) return std::string(lists.label(list, value, language));
  }
  return std::string(value);
}

std::vector<DefinitionInForce> definitions_at(const FactsView& view, Offset as_of) {
  constexpr FactKind kKind = FactKind::kCampaignDefined;
  static const std::uint32_t kCampaign = find_column(kKind, "campaign").value();
  static const std::uint32_t kVersion = find_column(kKind, "version").value();
  static const std::uint32_t kDocument = find_column(kKind, "document").value();
  std::map<std::string_view, DefinitionInForce> newest;
  const auto& changes = view.changes[static_cast<std::size_t>(kKind)];
  for (std::size_t i = 0; i < changes.size() && changes[i].offset <= as_of.value; ++i) {
    const Fact& fact = view.facts[changes[i].to];  // definitions are never corrected or withdrawn
    DefinitionInForce found;
    found.campaign = view.texts[view.cell(fact, kCampaign)];
    found.version = static_cast<std::int64_t>(view.cell(fact, kVersion));
    found.offset = {fact.offset};
    found.document = view.texts[view.cell(fact, kDocument)];
    DefinitionInForce& known = newest[found.campaign];
    if (found.version > known.version) known = found;  // of two publishers' equal ones the first
  }
  std::vector<DefinitionInForce> out;
  for (const auto& [code, definition] : newest) {
    if (definition.version > 0) out.push_back(definition);
  }
  return out;
}

}  // namespace lamplight::tally
