#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../intake/fake_bus.hpp"
#include "model/inner_descriptions.hpp"
#include "model/officers.hpp"

/// Events as the inner loop and `lamplight officer` publish them.
namespace lamplight::console::test {

using intake::test::FakeLog;
using intake::test::Stored;

inline constexpr std::string_view kWang = "4f1c0ad29b7e83650d1fa2c4b6e8f013";
inline constexpr std::string_view kLi = "aa1c0ad29b7e83650d1fa2c4b6e8f014";
inline constexpr std::string_view kChen = "bb1c0ad29b7e83650d1fa2c4b6e8f015";
/// A document of rules is a list of keys here; the built-in one names the centre.
inline std::vector<std::string> read_desks(std::string_view document) {
  if (document.empty()) return {"operations_centre"};
  std::vector<std::string> out(1);
  for (const char c : document) {
    if (c == ' ') out.emplace_back();
    else out.back() += c;
  }
  return out;
}
inline constexpr std::int64_t kMinute = 60'000'000;
/// Half an hour after the first event of a FakeLog.
inline constexpr TimeUs kStart{1'700'000'000'000'000};

inline Id16 case_id(int number) {
  Id16 id;
  id.bytes[0] = 0xC0;
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}
inline std::string case_path(int number) { return "/v1/cases/" + to_uuid(case_id(number)); }

template <typename T>
Stored stored(std::string_view subject, const T& said, Offset cause = {}) {
  MsgpackWriter payload;
  encode(said, payload);
  Stored out;
  out.subject = subject;
  out.payload = payload.take();
  out.cause = cause;
  out.producer = "inner";
  return out;
}

/// An event of a case; tests say what matters to them.
struct CaseSaid {
  int number = 1;
  std::int64_t version = 1;
  std::string_view state = "assessment";
  std::string_view owner = "operations_centre";
  std::int64_t due_minutes = 30;  ///< after kStart; negative: none
  std::string_view actor = {};
  std::string_view area = {};
  std::string_view severity = "medium";
  std::string_view move = "alert";
  std::string_view category = {};
  std::vector<std::string_view> parties = {};
  std::vector<PlaceCode> places = {};
  std::optional<Id16> alert = {};
  std::string_view petition = {};

  [[nodiscard]] CaseEvent event() const {
    CaseEvent out;
    out.case_id = case_id(number);
    out.version = version;
    out.move = move;
    out.kind = "dispute";
    out.state = state;
    out.severity = severity;
    out.overdue = "none";
    out.owner = owner;
    if (due_minutes >= 0) out.due = Stamp{kStart.plus_us(due_minutes * kMinute), 480};
    out.actor = actor;
    out.area = area;
    out.category = category;
    out.parties = parties;
    out.places = places;
    out.alert = alert;
    out.petition = petition;
    return out;
  }
};

inline Offset append(FakeLog& log, const CaseSaid& said, std::string_view subject = kCaseOpened,
                     Offset cause = {}) {
  return log.append(stored(subject, said.event(), cause)).offset;
}

inline void add_officer(FakeLog& log, std::string_view key, std::vector<std::string_view> roles,
                        std::vector<std::string_view> units = {}) {
  OfficerAdded said;
  said.officer = key;
  said.roles = std::move(roles);
  said.units = std::move(units);
  said.actor = "cli/officer";
  log.append(stored(kOfficerAdded, said));
}
inline void change_officer(FakeLog& log, std::string_view key,
                           std::vector<std::string_view> roles) {
  OfficerChanged said;
  said.officer = key;
  said.roles = std::move(roles);
  said.actor = "cli/officer";
  log.append(stored(kOfficerChanged, said));
}
inline void revoke_officer(FakeLog& log, std::string_view key) {
  OfficerRevoked said;
  said.officer = key;
  said.actor = "cli/officer";
  log.append(stored(kOfficerRevoked, said));
}

inline void publish_rules(FakeLog& log, std::int64_t version, std::string_view document) {
  RulesPublished said;
  said.actor = "cli/rules";
  said.name = "inner";
  said.version = version;
  said.document = document;
  log.append(stored(kRulesPublished, said));
}

}  // namespace lamplight::console::test
