#include "officer_desk.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/sha256.hpp"
#include "identity/password.hpp"
#include "inner/rules.hpp"
#include "model/code_lists.hpp"
#include "model/officers.hpp"
#include "rules_apply.hpp"

namespace lamplight::cli {

namespace {

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

/// Cases wait for a unit by the key that the rules give it, which is a reference.
Result<void> check_units(const std::vector<std::string>& units) {
  if (units.size() > kMaxListItems)
    return Error(Code::kInvalid, fmt::format("an officer has at most {} units", kMaxListItems));
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (is_reference(units[i])) continue;
    return Error(Code::kInvalid,
                 fmt::format("unit number {} of {}: a unit has 1 to {} printable ASCII characters "
                             "without spaces",
                             i + 1, units.size(), kMaxReferenceBytes));
  }
  return {};
}

void take_desks(const inner::AreaDesks& desks, std::set<std::string, std::less<>>& out) {
  out.insert({desks.station, desks.chief});
  out.insert(desks.community.begin(), desks.community.end());
}

}  // namespace

Result<std::unique_ptr<OfficerDesk>> OfficerDesk::open(const runtime::Config& config) {
  std::unique_ptr<OfficerDesk> desk(new OfficerDesk());
  const std::string& data = config.text("data.folder");
  desk->path_ = identity::Directory::path_in(data);
  auto link = BusLink::open(config, std::string(kName), 5'000, bus::Role::kEdge);
  if (!link) return link.error();
  desk->link_ = std::move(*link);
  Disk& disk = desk->link_->env().disk;
  if (auto made = disk.make_folder(data + "/secrets"); !made) return made.error();
  auto lock = disk.lock(data + "/secrets/officers.lock");
  if (!lock) return lock.error().with("another `lamplight officer` may be at work");
  desk->lock_ = std::move(*lock);
  auto directory = identity::Directory::load(disk, desk->path_);
  if (!directory) return directory.error();
  desk->directory_ = std::move(*directory);
  if (auto read = desk->read_log(); !read) return read.error();
  return desk;
}

Result<void> OfficerDesk::read_log() {
  const Fence fence(link_->client());
  read_events(link_->client(), identity::Officers::subjects(), &fence,
              [this](const Event& event) { officers_.evolve(event); });
  if (fence.why()) return *fence.why();
  return {};
}

template <typename T>
Result<Offset> OfficerDesk::publish(const T& said, std::optional<Id16> dedupe) {
  const auto acked = link_->publish(said, dedupe);
  if (!acked) return acked.error();
  return acked->offset;
}

Result<std::string> OfficerDesk::key_of(const std::string& name) const {
  const identity::DirectoryEntry* entry = directory_.by_name(name);
  return key_of(entry == nullptr ? nullptr : officers_.find(entry->officer), name);
}

Result<std::string> OfficerDesk::key_of(const identity::Officer* officer,
                                        const std::string& called) {
  if (officer == nullptr) {
    return Error(Code::kNotFound,
                 fmt::format("no officer {}; `lamplight officer list` shows who there is", called));
  }
  if (officer->revoked)
    return Error(Code::kForbidden, fmt::format("officer {} has been revoked, for good", called));
  return officer->key;
}

Result<std::vector<std::string>> OfficerDesk::unheard_of(const std::vector<std::string>& units) {
  const auto lists = CodeLists::builtin();
  if (!lists) return lists.error();
  auto published = read_rules(link_->client(), 0);
  if (!published) return published.error();
  const auto found = published->find("inner");
  std::set<std::string, std::less<>> named;
  if (const auto rules = inner::rules_from_toml(
          found == published->end() ? inner::default_rules() : found->second.document)) {
    named.insert({rules->centre, rules->review});
    take_desks(rules->elsewhere, named);
    for (const auto& [area, desks] : rules->areas) take_desks(desks, named);
  }
  std::vector<std::string> out;
  for (const std::string& unit : units) {
    if (!named.contains(unit) && lists->find(CodeList::kUnit, unit) == nullptr) out.push_back(unit);
  }
  return out;
}

// The file first: an officer who is in it alone can do nothing, and the same command goes on from there.
Result<OfficerDesk::Added> OfficerDesk::add(const std::string& name, const std::string& password,
                                            const std::vector<std::string>& roles,
                                            const std::vector<std::string>& units) {
  if (auto fine = check_units(units); !fine) return fine.error();
  const identity::DirectoryEntry* known = directory_.by_name(name);
  if (known != nullptr && officers_.find(known->officer) != nullptr) {
    return Error(
        Code::kExists,
        fmt::format("there is an officer {} already, or was one; `lamplight officer change` "
                    "changes roles and units",
                    name));
  }
  const auto hash = identity::hash_password(password);
  if (!hash) return hash.error();
  identity::DirectoryEntry entry{name, identity::random_officer_key(random()), *hash};
  if (known != nullptr) directory_.remove(name);  // left by an add that was cut short
  const std::string key = entry.officer;
  if (auto added = directory_.add(std::move(entry)); !added) return added.error();
  if (auto saved = save(); !saved) return saved.error();

  OfficerAdded said;
  said.officer = key;
  said.roles = views(roles);
  said.units = views(units);
  said.actor = kName;
  const auto offset =
      publish(said, Id16::from(sha256(as_bytes("officer.added " + key)).span().first(16)));
  if (!offset) return offset.error();
  return Added{key, *offset};
}

Result<Offset> OfficerDesk::change(const std::string& name, const std::vector<std::string>& roles,
                                   const std::vector<std::string>& units) {
  if (auto fine = check_units(units); !fine) return fine.error();
  const auto key = key_of(name);
  if (!key) return key.error();
  return publish_change(*key, views(roles), units);
}

Result<Offset> OfficerDesk::publish_change(const std::string& key,
                                           std::vector<std::string_view> roles,
                                           const std::vector<std::string>& units) {
  OfficerChanged said;
  said.officer = key;
  said.roles = std::move(roles);
  said.units = views(units);
  said.actor = kName;
  return publish(said);
}

Result<void> OfficerDesk::set_password(const std::string& name, const std::string& password) {
  const auto key = key_of(name);
  if (!key) return key.error();
  const auto hash = identity::hash_password(password);
  if (!hash) return hash.error();
  directory_.by_name(name)->password_hash = *hash;
  if (auto saved = save(); !saved) return saved;

  // What is changed is nothing on the log but the instant: it ends what the password before has opened.
  const identity::Officer& officer = *officers_.find(*key);
  const auto said = publish_change(*key, officer.roles.names(), officer.units);
  if (!said) return said.error().with("the new password holds, but sessions that are open go on");
  return {};
}

Result<Offset> OfficerDesk::revoke(const std::string& whom) {
  const auto key =
      directory_.by_name(whom) != nullptr ? key_of(whom) : key_of(officers_.find(whom), whom);
  if (!key) return key.error();
  OfficerRevoked said;
  said.officer = *key;
  said.actor = kName;
  return publish(said);
}

}  // namespace lamplight::cli
