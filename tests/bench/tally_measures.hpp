#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "model/alert.hpp"
#include "model/results.hpp"

/// The events that tally's measures are measured with, the same for every contestant: three alerts and two persons of five.
namespace lamplight::bench {

struct MeasuredEvent {
  bool person = false;
  std::string ref;
  std::string key;       ///< person, one of a million
  std::string area;      ///< 1 of 12; of persons the unit
  std::string category;  ///< 1 of 20
  std::string group;     ///< class of an alert, outcome of a person
  std::int64_t amount_fen = 0;
  std::int64_t at_us = 0;
};
[[nodiscard]] MeasuredEvent measured_event(std::uint64_t number, std::uint64_t of);

inline constexpr std::int64_t kClockMinutes = 480;

/// The ten measures in SQL over alert(area, category, class, amount_fen, at_us) and person(key, unit, category, outcome,
/// at_us).
inline constexpr std::array<const char*, 10> kMeasuresInSql = {
    "SELECT area, category, count(*) FROM alert GROUP BY area, category",
    "SELECT (at_us + 28800000000) / 86400000000, count(*) FROM alert GROUP BY 1",
    "SELECT area, count(*) FROM alert WHERE category IN ('category_1', 'category_2', 'category_3') "
    "GROUP BY area",
    "SELECT area, sum(amount_fen) FROM alert GROUP BY area",
    "SELECT class, (at_us + 28800000000) / 3600000000 % 24, count(*) FROM alert GROUP BY 1, 2",
    "SELECT unit, category, count(*) FROM person GROUP BY unit, category",
    "SELECT count(DISTINCT key) FROM person",
    "SELECT category, count(DISTINCT key) FROM person GROUP BY category",
    "SELECT unit, count(*) FROM person WHERE outcome = 'dealt_with' GROUP BY unit",
    "SELECT ((at_us + 28800000000) / 86400000000 + 3) % 7, count(*) FROM person GROUP BY 1"};

/// Seconds for all ten over `events` events in a table in the page cache; nothing where the peer is not installed.
struct PeerFold {
  double seconds = 0;
  std::int64_t distinct = 0;  ///< of the seventh: both sides must agree
  std::string why_not;
};
[[nodiscard]] PeerFold fold_in_sqlite(const std::string& folder, std::uint64_t events);
[[nodiscard]] PeerFold fold_in_postgres(const std::string& folder, std::uint64_t events);

}  // namespace lamplight::bench
