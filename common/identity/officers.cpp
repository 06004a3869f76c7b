#include "identity/officers.hpp"

#include <algorithm>

#include "model/officers.hpp"

namespace lamplight::identity {

namespace {

void save_roles(MsgpackWriter& out, const RoleSet& roles) {
  const auto names = roles.names();
  out.array(static_cast<std::uint32_t>(names.size()));
  for (const std::string_view name : names) out.str(name);
}

RoleSet load_roles(MsgpackReader& in) {
  RoleSet out;
  const std::uint32_t count = in.array();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    if (const auto role = role_from(in.str())) out.add(*role);
  }
  return out;
}

}  // namespace

bool Officer::in_unit(std::string_view unit) const {
  return !unit.empty() && std::find(units.begin(), units.end(), unit) != units.end();
}

void Officers::evolve(const Event& event) {
  if (event.subject == kOfficerAdded) set<OfficerAdded>(event, true);
  else if (event.subject == kOfficerChanged) set<OfficerChanged>(event, false);
  else if (event.subject == kOfficerRevoked) revoke(event);
}

template <typename T>
void Officers::set(const Event& event, bool may_be_new) {
  T said;
  if (!decode(event.payload, said) || said.officer.empty()) return;
  auto found = officers_.find(said.officer);
  if (found == officers_.end()) {
    if (!may_be_new) return;
    found = officers_.emplace(said.officer, Officer{}).first;
    found->second.key = said.officer;
  } else if (may_be_new || found->second.revoked) {
    return;  // the first one stands; a revoked key stays so
  }
  Officer& officer = found->second;
  officer.roles = {};
  for (const std::string_view name : said.roles) {
    if (const auto role = role_from(name)) officer.roles.add(*role);
  }
  officer.units.assign(said.units.begin(), said.units.end());
  officer.changed = event.offset;
}

void Officers::revoke(const Event& event) {
  OfficerRevoked said;
  if (!decode(event.payload, said)) return;
  const auto found = officers_.find(said.officer);
  if (found == officers_.end() || found->second.revoked) return;
  found->second.revoked = true;
  found->second.changed = event.offset;
}

void Officers::save(MsgpackWriter& out) const {
  out.array(static_cast<std::uint32_t>(officers_.size()));
  for (const auto& [key, officer] : officers_) {
    out.array(5);
    out.str(key);
    save_roles(out, officer.roles);
    out.array(static_cast<std::uint32_t>(officer.units.size()));
    for (const std::string& unit : officer.units) out.str(unit);
    out.boolean(officer.revoked);
    out.uint(officer.changed.value);
  }
}

void Officers::load(MsgpackReader& in) {
  const std::uint32_t count = in.array();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    if (in.array() != 5) return in.fail();
    Officer officer;
    officer.key = in.str();
    officer.roles = load_roles(in);
    const std::uint32_t units = in.array();
    for (std::uint32_t n = 0; n < units && in.ok(); ++n) officer.units.emplace_back(in.str());
    officer.revoked = in.boolean();
    officer.changed.value = in.uint();
    officers_.emplace(officer.key, std::move(officer));
  }
}

const Officer* Officers::find(std::string_view key) const {
  const auto found = officers_.find(key);
  return found == officers_.end() ? nullptr : &found->second;
}

std::vector<const Officer*> Officers::all() const {
  std::vector<const Officer*> out;
  out.reserve(officers_.size());
  for (const auto& entry : officers_) out.push_back(&entry.second);
  return out;
}

}  // namespace lamplight::identity
