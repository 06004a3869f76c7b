#include "tally/campaign_report/declared.hpp"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "tally/sums.hpp"

namespace lamplight::tally {
namespace {

constexpr FactKind kKind = FactKind::kFigureDeclared;

/// The columns that a declared figure is read from.
struct Columns {
  std::uint32_t campaign = find_column(kKind, "campaign").value();
  std::uint32_t figure = find_column(kKind, "figure").value();
  std::uint32_t role = find_column(kKind, "role").value();
  std::uint32_t n = find_column(kKind, "n").value();
  std::uint32_t bound = find_column(kKind, "bound").value();
  std::uint32_t source = find_column(kKind, "source").value();
  std::uint32_t as_of = find_column(kKind, "as_of").value();
  std::uint32_t reported_at = find_column(kKind, "reported_at").value();
};

std::set<std::uint32_t> standing(const FactsView& view, Offset as_of) {
  std::set<std::uint32_t> rows;
  const auto& changes = view.changes[static_cast<std::size_t>(kKind)];
  for (std::size_t i = 0; i < changes.size() && changes[i].offset <= as_of.value; ++i) {
    if (changes[i].from != Change::kNoRow) rows.erase(changes[i].from);
    if (changes[i].to != Change::kNoRow) rows.insert(changes[i].to);
  }
  return rows;
}

std::string_view text_of(const FactsView& view, Cell cell) {
  return cell == kNothing ? std::string_view{} : view.texts[static_cast<TextId>(cell)];
}

}  // namespace

std::vector<DeclaredFigure> declared_at(const FactsView& view, Offset as_of,
                                        std::string_view campaign) {
  using Order = std::tuple<std::int64_t, std::string_view, std::string_view>;
  const Columns columns;
  std::map<std::pair<std::string, std::string>, std::pair<Order, DeclaredFigure>> latest;
  for (const std::uint32_t row : standing(view, as_of)) {
    const Fact& fact = view.facts[row];
    if (text_of(view, view.cell(fact, columns.campaign)) != campaign) continue;
    DeclaredFigure figure;
    figure.figure = text_of(view, view.cell(fact, columns.figure));
    figure.role = text_of(view, view.cell(fact, columns.role));
    figure.n = add_up(0, static_cast<std::int64_t>(view.cell(fact, columns.n)));
    figure.bound = static_cast<Bound>(view.cell(fact, columns.bound));
    figure.source = text_of(view, view.cell(fact, columns.source));
    figure.as_of = stamp_of(view.cell(fact, columns.as_of));
    figure.offset = Offset{fact.offset};
    figure.id = fact.id;
    figure.partner = view.texts[fact.partner];
    figure.partner_ref = fact.partner_ref;
    const Order order{stamp_of(view.cell(fact, columns.reported_at)).at.value,
                      view.texts[fact.partner], fact.partner_ref};
    std::pair<std::string, std::string> key{figure.figure, figure.role};
    const auto found = latest.find(key);
    if (found == latest.end()) {
      latest.emplace(std::move(key), std::pair(order, std::move(figure)));
      continue;
    }
    DeclaredFigure& kept = found->second.second;
    figure.disputed = kept.disputed = kept.disputed || kept.n != figure.n;
    if (found->second.first < order) found->second = {order, std::move(figure)};
  }
  std::vector<DeclaredFigure> declared;
  declared.reserve(latest.size());
  for (auto& [key, entry] : latest) declared.push_back(std::move(entry.second));
  return declared;
}

}  // namespace lamplight::tally
