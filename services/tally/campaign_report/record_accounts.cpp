#include "tally/campaign_report/record_accounts.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace lamplight::tally {
namespace {

/// The references that corrections and withdrawals bear or name, joined to incidents.
class NamedReports {
 public:
  using Name = std::tuple<TextId, std::string_view>;  ///< sender, reference: of one kind

  /// `withdraws`: an Actual withdrawal, which takes out whatever is joined to it.
  void take_link(const Name& from, const Name& named, bool withdraws) {
    const std::size_t a = number_of(from);
    const std::size_t b = number_of(named);
    const std::size_t root = join(a, b);
    withdrawn_[root] = withdrawn_[root] || withdraws;
  }
  void seen(const Name& name) {
    const auto found = numbers_.find(name);
    if (found != numbers_.end()) there_[found->second] = true;
  }
  [[nodiscard]] bool there(const Name& name) const { return there_[numbers_.at(name)]; }
  [[nodiscard]] bool withdrawn(const Name& name) {
    const auto found = numbers_.find(name);
    return found != numbers_.end() && withdrawn_[root_of(found->second)];
  }

 private:
  std::size_t number_of(const Name& name) {
    const auto [at, is_new] = numbers_.try_emplace(name, parents_.size());
    if (is_new) {
      parents_.push_back(at->second);
      withdrawn_.push_back(false);
      there_.push_back(false);
    }
    return at->second;
  }
  std::size_t root_of(std::size_t node) {
    while (parents_[node] != node) {
      parents_[node] = parents_[parents_[node]];
      node = parents_[node];
    }
    return node;
  }
  std::size_t join(std::size_t a, std::size_t b) {
    a = root_of(a);
    b = root_of(b);
    parents_[b] = a;
    withdrawn_[a] = withdrawn_[a] || withdrawn_[b];
    return a;
  }

  std::map<Name, std::size_t> numbers_;
  std::vector<std::size_t> parents_;
  std::vector<bool> withdrawn_, there_;
};

NamedReports::Name name_of(const Fact& fact) { return {fact.partner, fact.partner_ref}; }

/// Reports and corrections of one kind, and what became of each.
class FactAccounts {
 public:
  FactAccounts(const FactsView& view, Offset as_of)
      : view_(view), until_(static_cast<std::uint32_t>(view.facts_until(as_of))), as_of_(as_of) {}

  void fill(std::array<RecordAccount, kFactKinds>& accounts) {
    join_links();
    for (std::uint32_t row = 0; row < until_; ++row) take(view_.facts[row], accounts);
    for (std::size_t i = 0; i < view_.links.size() && view_.links[i].row < until_; ++i) {
      const Fact& fact = view_.facts[view_.links[i].row];
      NamedReports& named = named_[static_cast<std::size_t>(fact.kind)];
      if (!named.there({fact.partner, view_.links[i].named})) ++account(fact, accounts).unresolved;
    }
    for (std::size_t kind = 0; kind < kFactKinds; ++kind) settle(kind, accounts[kind]);
  }

 private:
  static RecordAccount& account(const Fact& fact, std::array<RecordAccount, kFactKinds>& of) {
    return of[static_cast<std::size_t>(fact.kind)];
  }
  void join_links() {
    for (std::size_t i = 0; i < view_.links.size() && view_.links[i].row < until_; ++i) {
      const Fact& fact = view_.facts[view_.links[i].row];
      named_[static_cast<std::size_t>(fact.kind)].take_link(
          name_of(fact), {fact.partner, view_.links[i].named},
          fact.status == AlertStatus::kActual && fact.role == FactRole::kWithdrawal);
    }
  }
  void take(const Fact& fact, std::array<RecordAccount, kFactKinds>& accounts) {
    RecordAccount& to = account(fact, accounts);
    ++to.events;
    switch (fact.role) {
      case FactRole::kReport: ++to.reports; break;
      case FactRole::kRepeat: ++to.repeats; return;
      case FactRole::kCorrection: ++to.corrections; break;
      case FactRole::kWithdrawal: ++to.withdrawals; break;
      case FactRole::kUnreadable: ++to.unreadable; return;
    }
    NamedReports& named = named_[static_cast<std::size_t>(fact.kind)];
    named.seen(name_of(fact));
    if (fact.role == FactRole::kWithdrawal) return;
    if (fact.status != AlertStatus::kActual) ++to.not_actual;
    else if (named.withdrawn(name_of(fact))) ++to.withdrawn;
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
  std::array<NamedReports, kFactKinds> named_;
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
  std::array<RecordAccount, kFactKinds> facts;
  FactAccounts(view.facts, as_of).fill(facts);
  for (std::size_t i = 0; i < kFactKinds; ++i) {
    const std::string_view from = subject_of(static_cast<FactKind>(i));
    if (!kinds.contains(from)) continue;
    facts[i].from = from;
    all.push_back(std::move(facts[i]));
  }
  return all;
}

}  // namespace lamplight::tally
