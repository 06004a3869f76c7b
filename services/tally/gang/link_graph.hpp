#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "tally/campaign/definition.hpp"
#include "tally/facts/facts.hpp"
#include "tally/gang/gangs.hpp"

namespace lamplight::tally {

/// Persons and cases, and the standing reports that link them. Vertices are numbered as they first appear and never go.
class LinkGraph {
 public:
  struct Person {
    TextId sender = 0;  ///< 0: made with the district's key
    TextId key = 0;
    std::map<std::uint32_t, std::vector<std::uint32_t>> cases;  ///< case → rows of the links
  };
  struct Case {
    TextId key = 0;
    std::map<std::uint32_t, std::vector<std::uint32_t>> persons;
    std::vector<std::int64_t> reported_dates;  ///< happened_at of its standing case reports
    std::int64_t left_out = 0;  ///< standing case reports with a flag that leaves it out
  };
  struct Component {
    std::vector<std::uint32_t> persons;  ///< ascending
    std::vector<std::uint32_t> cases;
    std::vector<std::uint32_t> rows;  ///< of its links, ascending
  };
  /// What an event touched, in the order in which it did.
  struct Touched {
    std::vector<std::uint32_t> persons;
    std::vector<std::uint32_t> cases;
  };

  LinkGraph(std::vector<std::string> leave_out, LinkFilter takes_part);

  /// Puts a row in (`sign` 1) or takes it out (−1): a link when it is of a person, flags and a date when it is of a case.
  void apply(const FactsView& view, std::uint32_t row, int sign, Touched& touched);
  /// The components that the touched vertices are in now; what stands alone or is left out is in none.
  [[nodiscard]] std::vector<Component> components_of(const Touched& touched) const;
  /// µs UTC.
  [[nodiscard]] std::int64_t date_of(const FactsView& view, std::uint32_t case_number) const;

  [[nodiscard]] const Person& person(std::uint32_t number) const { return persons_[number]; }
  [[nodiscard]] const Case& case_of(std::uint32_t number) const { return cases_[number]; }
  [[nodiscard]] std::size_t persons() const { return persons_.size(); }
  [[nodiscard]] std::size_t cases() const { return cases_.size(); }
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> ends_of(const FactsView& view,
                                                                std::uint32_t row) const;

 private:
  void apply_link(const FactsView& view, std::uint32_t row, int sign, Touched& touched);
  void apply_case(const FactsView& view, std::uint32_t row, int sign, Touched& touched);
  [[nodiscard]] std::uint32_t person_number(TextId sender, TextId key);
  [[nodiscard]] std::uint32_t case_number(TextId key);
  [[nodiscard]] std::pair<TextId, TextId> person_key(const FactsView& view, const Fact& fact) const;

  std::vector<std::string> leave_out_;
  LinkFilter takes_part_;
  std::vector<Person> persons_;
  std::vector<Case> cases_;
  std::map<std::pair<TextId, TextId>, std::uint32_t> person_numbers_;
  std::map<TextId, std::uint32_t> case_numbers_;
  std::uint32_t person_column_, scope_column_, link_case_column_, link_happened_column_;
  std::uint32_t case_column_, flags_column_, case_happened_column_;
};

}  // namespace lamplight::tally
