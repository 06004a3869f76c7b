#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/hash_index.hpp"
#include "tally/facts/facts.hpp"

namespace lamplight::tally {

/// Who a report is: its sender's reference among that sender's reports of its kind.
struct FactName {
  FactKind kind = FactKind::kClearanceOrdered;
  TextId partner = 0;
  std::string_view ref;  ///< in the arena
  bool operator==(const FactName&) const = default;
};
[[nodiscard]] inline std::uint64_t hash_of(const FactName& name) {
  return hash_text(name.ref) ^ (std::uint64_t{name.partner} * 0xC2B2AE3D27D4EB4FULL) ^
         (static_cast<std::uint64_t>(name.kind) << 56);
}

/// A report as the rule of corrections sees it.
struct Word {
  FactName name;
  std::uint32_t row = Change::kNoRow;
  FactRole role = FactRole::kReport;
  bool actual = true;
  std::int64_t reported_us = 0;
};

/// Incidents: reports joined by corrections and withdrawals, and the one that stands of each.
///
/// The rule, of docs/campaign.md: of an incident stands the Actual report that no other Actual one corrects; of several such
/// the latest by reported_at, then the greater reference; of a circle, in which each is corrected, the latest of all. A
/// withdrawal takes the whole incident out for good. Each part of it only ever grows (who is there, who is corrected, what
/// is withdrawn), so the order of arrival cannot matter, and what is corrected may come later than its correction.
///
/// Reports that nothing names are not held here: an incident costs memory only once it has two names. A report costs
/// O(log n) of its incident, amortised: parts are joined smaller into greater, and who is corrected once is dropped once.
/// Threads: one.
class Incidents {
 public:
  /// Takes a report that names nothing. `out` receives what it changed.
  void take_plain(const Word& word, std::vector<Change>& out);
  /// Takes a correction or withdrawal of the report called `named`; `there` is that report's word, if it came before
  /// (its row may be kNoRow: not yet).
  void take_link(const Word& word, const Word& named, std::vector<Change>& out);

 private:
  static constexpr std::uint32_t kNone = HashIndex::kNone;
  /// A reference that a correction or withdrawal bears or names. Of a set of joined nodes the root holds what is said
  /// of all.
  struct Node {
    FactName name;
    std::uint32_t row = Change::kNoRow;
    bool corrected = false;
    std::int64_t reported_us = 0;
    std::uint32_t parent = kNone;  ///< itself: a root
    // Of a root:
    bool withdrawn = false;
    std::uint32_t standing = Change::kNoRow;  ///< row
    std::uint32_t latest = kNone;             ///< of all Actual reports
    std::vector<std::uint32_t>
        heap;  ///< Actual reports, the latest first; corrected ones may linger
  };

  [[nodiscard]] std::uint32_t find(const FactName& name) const;
  [[nodiscard]] std::uint32_t add(const FactName& name);
  [[nodiscard]] std::uint32_t root_of(std::uint32_t node);
  [[nodiscard]] bool earlier(std::uint32_t a, std::uint32_t b) const;
  /// The report of this name is here now.
  void arrive(std::uint32_t node, const Word& word);
  void push(std::uint32_t root, std::uint32_t node);
  std::uint32_t join(std::uint32_t a, std::uint32_t b);
  /// Who stands of the incident by the rule.
  [[nodiscard]] std::uint32_t judge(std::uint32_t root);

  std::vector<Node> nodes_;
  HashIndex by_name_;
};

}  // namespace lamplight::tally
