#pragma once

#include <string>
#include <vector>

#include "model/alert.hpp"
#include "model/civil.hpp"
#include "model/rfc3339.hpp"
#include "tally/report.hpp"
#include "tally/state.hpp"

/// Short words for tally tests: a log in memory, alerts said in one line.
namespace lamplight::tally::test {

inline Stamp at(std::string_view rfc3339) {
  Stamp stamp;
  LAMPLIGHT_CHECK(parse_rfc3339(rfc3339, stamp) == StampFault::kNone,
                  "a test's stamp must be RFC 3339");
  return stamp;
}

inline Id16 id_of(std::uint64_t number) {
  Id16 id;
  for (std::size_t i = 0; i < 8; ++i)
    id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

/// An alert that owns its text, with plain values where a test says nothing.
struct Said {
  std::string partner = "local";
  std::string ref = "1";
  AlertStatus status = AlertStatus::kActual;
  std::string class_code = "criminal";
  std::string category = "theft";
  std::string area = "wuma";
  std::string reported = "2022-07-01T12:00:00+08:00";
  std::string occurred = {};
  std::vector<std::pair<std::string, std::string>> stages = {};
  std::vector<std::pair<std::string, std::string>> places = {};
  std::vector<std::string> operations = {};
  std::optional<std::int64_t> amount_fen = {};
  std::optional<Offset> corrects = {};  ///< by the offset of what it names: id_of(offset)
  std::optional<Offset> withdraws = {};
};

inline AlertReceived to_alert(const Said& said) {
  AlertReceived alert;
  alert.partner = said.partner;
  alert.partner_ref = said.ref;
  alert.status = said.status;
  alert.class_code = said.class_code;
  alert.category = said.category;
  alert.area = said.area;
  alert.reported_at = at(said.reported);
  if (!said.occurred.empty()) alert.occurred_at = at(said.occurred);
  for (const auto& [stage, when] : said.stages) alert.stages.push_back({stage, at(when)});
  for (const auto& [scheme, code] : said.places) alert.places.push_back({scheme, code});
  for (const std::string& operation : said.operations) alert.operations.emplace_back(operation);
  alert.amount_fen = said.amount_fen;
  if (said.corrects) alert.corrects = id_of(said.corrects->value);
  if (said.withdraws) alert.withdraws = id_of(said.withdraws->value);
  return alert;
}

/// Events of a log as bytes, so that folds see what replay would show them.
class History {
 public:
  Offset say(const Said& said) {
    MsgpackWriter payload;
    encode_alert(to_alert(said), payload);
    return say_raw(payload.take());
  }
  Offset say_raw(std::string payload) {
    payloads_.push_back(std::move(payload));
    return {payloads_.size()};
  }
  [[nodiscard]] std::size_t size() const { return payloads_.size(); }
  /// One event; bus time is a minute an offset from `epoch_`.
  [[nodiscard]] Event event(std::size_t offset) const {
    Event event;
    event.subject = kAlertReceived;
    event.id = id_of(offset);
    event.offset = {offset};
    event.time = time_of(offset);
    event.payload = as_bytes(payloads_[offset - 1]);
    return event;
  }
  [[nodiscard]] static TimeUs time_of(std::size_t offset) {
    return at("2022-08-01T00:00:00Z").at.plus_us(static_cast<std::int64_t>(offset) * 60'000'000);
  }
  void fold_into(TallyFold& fold, std::size_t from, std::size_t to) const {
    for (std::size_t offset = from; offset <= to; ++offset) fold.evolve(event(offset));
  }
  /// A report of everything, as `spec` says.
  [[nodiscard]] Report report(const ReportSpec& spec, const AsOf& as_of = {},
                              std::optional<Period> period = std::nullopt) const {
    TallyFold fold;
    fold_into(fold, 1, size());
    return make_report(fold.view(), cut(), spec, as_of, period).value();
  }
  [[nodiscard]] Cut cut() const { return {{size()}, time_of(size()), std::nullopt}; }

 private:
  std::vector<std::string> payloads_;
};

/// An alert for each stamp, which it was reported at.
inline History on_days(const std::vector<std::string>& stamps) {
  History history;
  for (std::size_t i = 0; i < stamps.size(); ++i)
    history.say({.ref = std::to_string(i), .reported = stamps[i]});
  return history;
}

inline std::string snapshot_of(const TallyFold& fold) {
  runtime::SnapshotWriter out;
  fold.save(out);
  return out.take();
}

/// The value of the row with this key; -1 when there is none. "-" stands for blank.
inline std::int64_t count_of(const CountTable& table, const std::vector<std::string>& key) {
  for (const auto& row : table.rows) {
    std::vector<std::string> texts;
    for (const auto& text : row.key) texts.push_back(text.value_or("-"));
    if (texts == key) return row.value;
  }
  return -1;
}

inline ReportSpec spec_of(std::string_view toml) {
  auto spec = spec_from_toml(toml);
  LAMPLIGHT_CHECK(spec.ok(), spec.ok() ? "" : spec.error().message().c_str());
  return *spec;
}

}  // namespace lamplight::tally::test
