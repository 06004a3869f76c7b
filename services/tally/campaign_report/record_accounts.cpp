#include "tally/campaign_report/record_accounts.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/hash_index.hpp"
#include "tally/facts/incidents.hpp"

namespace lamplight::tally {
namespace {

/// The names that corrections and withdrawals bear or name, joined to incidents.
class NamedReports {
 public:
  static constexpr std::uint32_t kNone = HashIndex::kNone;

  /// `withdraws`: an Actual withdrawal, which takes out whatever is joined to it.
  void take_link(const FactName& from, const FactName& named, bool withdraws) {
    const std::uint32_t root = root_of(number_of(from));
    const std::uint32_t joined = root_of(number_of(named));
    nodes_[joined].parent = root;
    nodes_[root].withdrawn = nodes_[root].withdrawn || nodes_[joined].withdrawn || withdraws;
  }
  /// Number of a name, or kNone.
  [[nodiscard]] std::uint32_t find(const FactName& name) const {
    return numbers_.find(hash_of(name),
                         [&](std::uint32_t number) { return nodes_[number].name == name; });
  }
  void seen(std::uint32_t number) { nodes_[number].there = true; }
  [[nodiscard]] bool there(std::uint32_t number) const { return nodes_[number].there; }
  [[nodiscard]] bool withdrawn(std::uint32_t number) { return nodes_[root_of(number)].withdrawn; }

 private:
  struct Node {
    FactName name;
    std::uint32_t parent = kNone;  ///< itself: a root
    bool there = false;
    bool withdrawn = false;  ///< of a root: of all that are joined
  };

  std::uint32_t number_of(const FactName& name) {
    if (const std::uint32_t known = find(name); known != kNone) return known;
    const auto number = static_cast<std::uint32_t>(nodes_.size());
    numbers_.insert(hash_of(name), number);
    nodes_.push_back({name, number});
    return number;
  }
  std::uint32_t root_of(std::uint32_t node) {
    while (nodes_[node].parent != node) {
      nodes_[node].parent = nodes_[nodes_[node].parent].parent;
      node = nodes_[node].parent;
    }
    return node;
  }

  HashIndex numbers_;
  std::vector<Node> nodes_;
};

FactName name_of(const Fact& fact) { return {fact.kind, fact.partner, fact.partner_ref}; }

/// Reports and corrections of the kinds wanted, and what became of each.
class FactAccounts {
 public:
  using Wanted = std::array<bool, kFactKinds>;

  FactAccounts(const FactsView& view, Offset as_of, const Wanted& wanted)
      : view_(view),
        until_(static_cast<std::uint32_t>(view.facts_until(as_of))),
        as_of_(as_of),
        wanted_(wanted) {}

  void fill(std::array<RecordAccount, kFactKinds>& accounts) {
    for_links([&](const Fact& fact, std::string_view named) {
      named_.take_link(name_of(fact), {fact.kind, fact.partner, named},
                       fact.status == AlertStatus::kActual && fact.role == FactRole::kWithdrawal);
    });
    for (std::uint32_t row = 0; row < until_; ++row) {
      const Fact& fact = view_.facts[row];
      if (wanted_[index(fact)]) take(fact, accounts[index(fact)]);
    }
    for_links([&](const Fact& fact, std::string_view named) {
      if (!named_.there(named_.find({fact.kind, fact.partner, named})))
        ++accounts[index(fact)].unresolved;
    });
    for (std::size_t kind = 0; kind < kFactKinds; ++kind) {
      if (wanted_[kind]) settle(kind, accounts[kind]);
    }
  }

 private:
  static std::size_t index(const Fact& fact) { return static_cast<std::size_t>(fact.kind); }
  template <typename Take>
  void for_links(Take&& take) const {
    for (std::size_t i = 0; i < view_.links.size() && view_.links[i].row < until_; ++i) {
      const Fact& fact = view_.facts[view_.links[i].row];
      if (wanted_[index(fact)]) take(fact, view_.links[i].named);
    }
  }
  void take(const Fact& fact, RecordAccount& to) {
    ++to.events;
    switch (fact.role) {
      case FactRole::kReport: ++to.reports; break;
      case FactRole::kRepeat: ++to.repeats; return;
      case FactRole::kCorrection: ++to.corrections; break;
      case FactRole::kWithdrawal: ++to.withdrawals; break;
      case FactRole::kUnreadable: ++to.unreadable; return;
    }
    const std::uint32_t number = named_.find(name_of(fact));
    const bool is_named = number != NamedReports::kNone;
    if (is_named) named_.seen(number);
    if (fact.role == FactRole::kWithdrawal) return;
    if (fact.status != AlertStatus::kActual) ++to.not_actual;
    else if (is_named && named_.withdrawn(number)) ++to.withdrawn;
  }
  /// What stands is what the fold found; the rest of the Actual ones were corrected.
  void settle(std::size_t kind, RecordAccount& to) const {
    std::int64_t standing = 0;
    const auto& changes = view_.changes[kind];
    for (std::size_t i = 0; i < changes.size() && changes[i].offset <= as_of_.value; ++i) {
      if (changes[i].from != Change::kNoRow) --standing;
      if (changes[i].to != Change::kNoRow) ++standing;
    }
    to.standing = static_cast<std::uint64_t>(standing);
    to.corrected = to.reports + to.corrections - to.standing - to.withdrawn - to.not_actual;
  }

  const FactsView& view_;
  std::uint32_t until_;
  Offset as_of_;
  Wanted wanted_;
  NamedReports named_;
};

RecordAccount account_of_alerts(const TallyView& view, Offset as_of) {
  const std::size_t rows = view.rows_until(as_of);
  RecordAccount to;
  Standing standing;
  for (std::size_t i = 0; i < rows; ++i) {
    const Row& row = view.rows[i];
    standing.take(row);
    ++to.events;
    switch (row.kind) {
      case RowKind::kOriginal: ++to.reports; break;
      case RowKind::kRepeat: ++to.repeats; break;
      case RowKind::kCorrection: ++to.corrections; break;
      case RowKind::kWithdrawal: ++to.withdrawals; break;
      case RowKind::kUnresolved: ++to.unresolved; break;
      case RowKind::kUnreadable: ++to.unreadable; break;
    }
  }
  for (std::uint32_t i = 0; i < rows; ++i) {
    const Row& row = view.rows[i];
    if (row.kind != RowKind::kOriginal && row.kind != RowKind::kCorrection) continue;
    const std::uint32_t stands = standing.of(row.root);
    if (row.status != AlertStatus::kActual) ++to.not_actual;
    else if (stands == Standing::kWithdrawn) ++to.withdrawn;
    else if (stands == i) ++to.standing;
    else ++to.corrected;
  }
  return to;
}

std::set<std::string, std::less<>> kinds_of(const CampaignDefinition& definition) {
  std::set<std::string, std::less<>> kinds;
  for (const MeasureSpec& measure : definition.measures) kinds.insert(measure.from);
  for (const CohortSpec& cohort : definition.cohorts) kinds.insert(cohort.from);
  const bool gangs =
      std::any_of(definition.measures.begin(), definition.measures.end(),
                  [](const MeasureSpec& measure) { return measure.count == CountBy::kGangs; });
  if (gangs || definition.gangs) {
    kinds.emplace(subject_of(FactKind::kPersonReported));
    kinds.emplace(subject_of(FactKind::kCaseReported));  // flags and dates of cases
  }
  if (!definition.figures.empty()) kinds.emplace(subject_of(FactKind::kFigureDeclared));
  return kinds;
}

}  // namespace

std::vector<RecordAccount> record_accounts(const CampaignView& view, Offset as_of,
                                           const CampaignDefinition& definition) {
  const auto kinds = kinds_of(definition);
  std::vector<RecordAccount> all;
  if (kinds.contains(kAlertReceived)) {
    all.push_back(account_of_alerts(view.alerts, as_of));
    all.back().from = kAlertReceived;
  }
  FactAccounts::Wanted wanted{};
  for (std::size_t i = 0; i < kFactKinds; ++i)
    wanted[i] = kinds.contains(subject_of(static_cast<FactKind>(i)));
  std::array<RecordAccount, kFactKinds> facts;
  FactAccounts(view.facts, as_of, wanted).fill(facts);
  for (std::size_t i = 0; i < kFactKinds; ++i) {
    if (!wanted[i]) continue;
    facts[i].from = subject_of(static_cast<FactKind>(i));
    all.push_back(std::move(facts[i]));
  }
  return all;
}

}  // namespace lamplight::tally
