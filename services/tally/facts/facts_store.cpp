#include "tally/facts/facts_store.hpp"

#include <utility>

#include "model/result_descriptions.hpp"

namespace lamplight::tally {
namespace {

template <typename T>
constexpr auto kInfos = field_infos<T>();

constexpr bool is_kept(std::string_view column) {
  return column != "corrects" && column != "withdraws" && column != "idempotency_key" &&
         column != "body_digest";
}

template <typename T>
std::string_view name_in(const T& said, FactRole& role) {
  role = FactRole::kReport;
  if constexpr (requires { said.withdraws; }) {
    if (!said.withdraws.empty()) {
      role = FactRole::kWithdrawal;
      return said.withdraws;
    }
    if (!said.corrects.empty()) {
      role = FactRole::kCorrection;
      return said.corrects;
    }
  }
  return {};
}

}  // namespace

std::vector<std::string_view> Facts::subjects() {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < kFactKinds; ++i) out.push_back(subject_of(static_cast<FactKind>(i)));
  return out;
}

bool Facts::evolve(const Event& event) {
  const auto kind = fact_kind_of(event.subject);
  if (!kind) return false;
  switch (*kind) {
    case FactKind::kClearanceOrdered: take(*kind, event, ordered_); break;
    case FactKind::kClearanceReported: take(*kind, event, clearance_); break;
    case FactKind::kCaseReported: take(*kind, event, case_); break;
    case FactKind::kPersonReported: take(*kind, event, person_); break;
    case FactKind::kHazardReported: take(*kind, event, hazard_); break;
    case FactKind::kFigureDeclared: take(*kind, event, figure_); break;
    case FactKind::kCampaignDefined: take(*kind, event, campaign_); break;
  }
  return true;
}

template <typename T>
void Facts::take(FactKind kind, const Event& event, T& said) {
  Fact fact;
  fact.id = event.id;
  fact.offset = event.offset.value;
  fact.bus_time_us = event.time.value;
  fact.kind = kind;
  fact.cells_at = cells_.size();
  // Without sender and reference nothing can be corrected or told from a repeat: that is no report.
  if (!decode(event.payload, said) || said.partner.empty() || said.partner_ref.empty()) {
    fact.role = FactRole::kUnreadable;
    put_nothing(kind);
    return store(fact, {});
  }
  std::string_view named = name_in(said, fact.role);
  fact.status = said.status;
  put_cells(said);
  fact.partner = static_cast<TextId>(cells_[fact.cells_at]);
  if (find_ref({kind, fact.partner, said.partner_ref}) != HashIndex::kNone) {
    fact.role = FactRole::kRepeat;
    named = {};
  }
  fact.partner_ref = arena_.keep(said.partner_ref);
  store(fact, arena_.keep(named));
}

template <typename T>
void Facts::put_cells(const T& said) {
  const auto put = [&]<std::size_t I>() {
    constexpr std::string_view kName = kInfos<T>[I].name;
    if constexpr (kName == "partner_ref") {
      cells_.push_back(kNothing);
    } else if constexpr (is_kept(kName)) {
      column_ = I;
      const auto& value = said.*(std::get<I>(Description<T>::kFields).member);
      using V = std::remove_cvref_t<decltype(value)>;
      if constexpr (std::is_same_v<V, Stamp>) cells_.push_back(pack_stamp(value));
      else if constexpr (std::is_same_v<V, std::optional<Stamp>>) {
        cells_.push_back(value ? pack_stamp(*value) : kNothing);
      } else if constexpr (std::is_same_v<V, std::optional<std::int64_t>>) {
        cells_.push_back(value ? static_cast<Cell>(*value) : kNothing);
      } else if constexpr (std::is_enum_v<V> || std::is_integral_v<V>) {
        cells_.push_back(static_cast<Cell>(value));
      } else cells_.push_back(pack(value));
    }
  };
  const auto put_all = [&]<std::size_t... I>(std::index_sequence<I...>) {
    (put.template operator()<I>(), ...);
  };
  put_all(std::make_index_sequence<kInfos<T>.size()>{});
}

TextId Facts::intern(std::string_view text) {
  TextId& last = last_[column_];
  if (texts_[last] != text) last = texts_.intern(text);
  return last;
}

Cell Facts::pack(std::string_view text) { return intern(text); }

Cell Facts::pack(const std::vector<std::string_view>& codes) {
  const std::size_t at = codes_.size();
  for (const std::string_view code : codes) codes_.push_back(intern(code));
  return pack_run(at, static_cast<std::uint16_t>(codes.size()));
}

Cell Facts::pack(const std::vector<Count>& counts) {
  const std::size_t at = counts_.size();
  for (const Count& count : counts) {
    counts_.push_back({intern(count.what), count.kind.empty() ? 0 : texts_.intern(count.kind),
                       count.result.empty() ? 0 : texts_.intern(count.result), count.bound,
                       count.n});
  }
  return pack_run(at, static_cast<std::uint16_t>(counts.size()));
}

Cell Facts::pack(const std::vector<StageStamp>& stages) {
  const std::size_t at = stages_.size();
  for (const StageStamp& stage : stages) {
    stages_.push_back({intern(stage.stage), stage.at.offset_minutes, stage.at.at.value});
  }
  return pack_run(at, static_cast<std::uint16_t>(stages.size()));
}

void Facts::put_nothing(FactKind kind) {
  for (std::size_t i = 0; i < columns_of(kind).size(); ++i) cells_.push_back(kNothing);
}

void Facts::store(const Fact& fact, std::string_view named) {
  LAMPLIGHT_CHECK(facts_.size() < Change::kNoRow - 1, "a tally holds at most 2^32 reports");
  const auto row = static_cast<std::uint32_t>(facts_.size());
  facts_.push_back(fact);
  if (!named.empty()) links_.push_back({row, named});
  index(fact, row, named);
}

/// Everything derived from the rows, for one row more: in evolve and in load alike.
void Facts::index(const Fact& fact, std::uint32_t row, std::string_view named) {
  ++by_role_[static_cast<std::size_t>(fact.role)];
  if (fact.role == FactRole::kUnreadable || fact.role == FactRole::kRepeat) return;
  const Word word = word_of(row);
  by_ref_.insert(hash_of(word.name), row);
  touched_.clear();
  if (named.empty()) {
    incidents_.take_plain(word, touched_);
  } else {
    Word other;
    other.name = {fact.kind, fact.partner, named};
    const std::uint32_t there = find_ref(other.name);
    incidents_.take_link(word, there == HashIndex::kNone ? other : word_of(there), touched_);
  }
  for (Change& change : touched_) {
    change.offset = fact.offset;
    changes_[static_cast<std::size_t>(fact.kind)].push_back(change);
  }
}

Word Facts::word_of(std::uint32_t row) const {
  static const std::array<std::uint32_t, kFactKinds> kReportedAt = [] {
    std::array<std::uint32_t, kFactKinds> out{};
    for (std::size_t i = 0; i < kFactKinds; ++i)
      out[i] = find_column(static_cast<FactKind>(i), "reported_at").value();
    return out;
  }();
  const Fact& fact = facts_[row];
  Word word;
  word.name = {fact.kind, fact.partner, fact.partner_ref};
  word.row = row;
  word.role = fact.role;
  word.actual = fact.status == AlertStatus::kActual;
  const Cell reported = cells_[fact.cells_at + kReportedAt[static_cast<std::size_t>(fact.kind)]];
  word.reported_us = stamp_of(reported).at.value;
  return word;
}

std::uint32_t Facts::find_ref(const FactName& name) const {
  return by_ref_.find(hash_of(name), [&](std::uint32_t row) {
    const Fact& fact = facts_[row];
    return fact.kind == name.kind && fact.partner == name.partner && fact.partner_ref == name.ref;
  });
}

FactsView Facts::view() const {
  FactsView out;
  out.facts = facts_.view();
  out.cells = cells_.view();
  out.codes = codes_.view();
  out.counts = counts_.view();
  out.stages = stages_.view();
  out.links = links_.view();
  for (std::size_t i = 0; i < kFactKinds; ++i) out.changes[i] = changes_[i].view();
  out.texts = texts_.view();
  out.arena = arena_.blocks();
  return out;
}

}  // namespace lamplight::tally
