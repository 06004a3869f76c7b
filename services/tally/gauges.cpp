#include <algorithm>
#include <map>

#include "tally/metrics.hpp"

namespace lamplight::tally {

namespace {

constexpr char kOther[] = "other";

// The name a code goes by in labels: its own for the first `limit` that counted, "other" beyond.
class Names {
 public:
  Names(const TallyFold& fold, const std::vector<TextId>& ids, std::size_t limit) {
    for (std::size_t i = 0; i < ids.size() && i < limit; ++i) {
      const std::string text(fold.text(ids[i]));
      names_.emplace(ids[i], text.empty() ? "(blank)" : text);
    }
  }
  [[nodiscard]] std::string of(TextId id) const {
    const auto known = names_.find(id);
    return known == names_.end() ? kOther : known->second;
  }

 private:
  std::map<TextId, std::string> names_;
};

constexpr std::array<std::string_view, kStatuses> kStatusNames{"Actual", "Exercise", "System",
                                                               "Test", "Draft"};
constexpr std::array<std::string_view, kRowKinds> kKindNames{
    "original", "repeat", "correction", "withdrawal", "unresolved", "unreadable"};

template <std::size_t N>
GaugeFamily accounts(std::string name, std::string help, const char* label,
                     const std::array<std::string_view, N>& names,
                     const std::array<std::uint64_t, N>& values) {
  GaugeFamily family{std::move(name), std::move(help), {}};
  for (std::size_t i = 0; i < N; ++i) {
    family.samples.push_back(
        {{{label, std::string(names.at(i))}}, static_cast<double>(values.at(i))});
  }
  return family;
}

}  // namespace

std::vector<GaugeFamily> make_gauges(const TallyFold& fold, const Cut& cut,
                                     const std::string& campaign) {
  const LiveFigures& figures = fold.figures();
  const Names classes(fold, figures.classes, kGaugeClasses);
  const Names areas(fold, figures.areas, kGaugeAreas);
  std::map<std::pair<std::string, std::string>, LiveFigures::Cell> by_class_area;
  std::map<std::string, LiveFigures::Cell> by_class;
  for (const auto& [key, cell] : figures.by_class_area) {
    const std::string class_name = classes.of(static_cast<TextId>(key >> 32));
    const std::string area = areas.of(static_cast<TextId>(key & 0xFFFF'FFFFU));
    for (LiveFigures::Cell* into : {&by_class_area[{class_name, area}], &by_class[class_name]}) {
      into->alerts += cell.alerts;
      into->amount_fen += cell.amount_fen;
    }
  }

  GaugeFamily campaign_figure{
      "lamplight_campaign_figure",
      "Figures as of lamplight_tally_figures_offset: alerts that count, and their money in fen",
      {}};
  const auto add_figure = [&](const std::string& category, const LiveFigures::Cell& cell) {
    const auto labels = [&](const char* measure) {
      return std::vector<std::pair<std::string, std::string>>{
          {"campaign", campaign}, {"measure", measure}, {"category", category}};
    };
    campaign_figure.samples.push_back({labels("alerts_valid"), static_cast<double>(cell.alerts)});
    campaign_figure.samples.push_back({labels("amount_fen"), static_cast<double>(cell.amount_fen)});
  };
  add_figure("total", figures.total);
  for (const auto& [name, cell] : by_class) add_figure(name, cell);

  GaugeFamily alerts{"lamplight_tally_alerts", "Alerts that count, by class and area", {}};
  for (const auto& [key, cell] : by_class_area) {
    alerts.samples.push_back(
        {{{"class", key.first}, {"area", key.second}}, static_cast<double>(cell.alerts)});
  }
  GaugeFamily offset{
      "lamplight_tally_figures_offset",
      "Offset that the figures of this scrape belong to: report --as-of it gives the same",
      {{{}, static_cast<double>(cut.offset.value)}}};
  return {std::move(campaign_figure), std::move(alerts), std::move(offset),
          accounts("lamplight_tally_events", "Alert events by status", "status", kStatusNames,
                   figures.events_by_status),
          accounts("lamplight_tally_events_by_kind", "Alert events by what they turned out to be",
                   "kind", kKindNames, figures.events_by_kind)};
}

}  // namespace lamplight::tally
