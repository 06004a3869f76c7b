#include "officer_desk.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/sha256.hpp"
#include "identity/password.hpp"
#include "model/officers.hpp"

namespace lamplight::cli {

namespace {

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
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

// The file first: an officer who is in it alone can do nothing, and the same command goes on from there.
Result<OfficerDesk::Added> OfficerDesk::add(const std::string& name, const std::string& password,
                                            const std::vector<std::string>& roles,
                                            const std::vector<std::string>& units) {
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
  const auto key = key_of(name);
  if (!key) return key.error();
  OfficerChanged said;
  said.officer = *key;
  said.roles = views(roles);
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
  const auto roles = officer.roles.names();
  const auto said = change(name, {roles.begin(), roles.end()}, officer.units);
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
