#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus_link.hpp"
#include "identity/directory.hpp"
#include "identity/officers.hpp"

namespace lamplight::cli {

/// Where officers are made and changed: the secrets file, held against other commands, and what the log knows of them.
class OfficerDesk {
 public:
  /// The name that it publishes under, and the actor of what it says.
  static constexpr std::string_view kName = "cli/officer";

  /// Connects to the bus and takes the secrets file's lock until it goes. Errors: kUnavailable (no bus), kExists (another
  /// desk is open), what is wrong with the file.
  [[nodiscard]] static Result<std::unique_ptr<OfficerDesk>> open(const runtime::Config& config);

  [[nodiscard]] const identity::Directory& directory() const { return directory_; }
  /// As of the desk's opening.
  [[nodiscard]] const identity::Officers& officers() const { return officers_; }
  [[nodiscard]] Random& random() { return link_->env().random; }

  /// The officer of that name. Errors: kNotFound; kForbidden when revoked.
  [[nodiscard]] Result<std::string> key_of(const std::string& name) const;

  /// Those that neither the code list `unit` nor the rules in force name: most likely mistyped, as nothing waits for them.
  /// Errors: kFenced; what is wrong with the built-in lists.
  [[nodiscard]] Result<std::vector<std::string>> unheard_of(const std::vector<std::string>& units);

  struct Added {
    std::string key;
    Offset offset;
  };
  /// A new officer, in the file and on the log; what an `add` that was cut short has left is made good.
  /// Errors: kExists; the password's, the name's and the units' rules, nothing written; what the bus answered.
  [[nodiscard]] Result<Added> add(const std::string& name, const std::string& password,
                                  const std::vector<std::string>& roles,
                                  const std::vector<std::string>& units);
  /// Other roles and units in the place of those before. Errors: kNotFound, kForbidden; the units' rules; what the bus answered.
  [[nodiscard]] Result<Offset> change(const std::string& name,
                                      const std::vector<std::string>& roles,
                                      const std::vector<std::string>& units);
  /// Ends the sessions that the password before has opened, too.
  [[nodiscard]] Result<void> set_password(const std::string& name, const std::string& password);
  /// `whom`: a name, or, where nobody bears it, an officer's key: one whose name is lost can be revoked, too.
  /// Errors: kNotFound; kForbidden when revoked; what the bus answered.
  [[nodiscard]] Result<Offset> revoke(const std::string& whom);

 private:
  OfficerDesk() = default;
  [[nodiscard]] Result<void> save() { return directory_.save(link_->env().disk, path_); }
  [[nodiscard]] Result<void> read_log();
  /// Errors: kNotFound when `officer` is null; kForbidden when revoked. `called`: what the error calls them.
  [[nodiscard]] static Result<std::string> key_of(const identity::Officer* officer,
                                                  const std::string& called);
  [[nodiscard]] Result<Offset> publish_change(const std::string& key,
                                              std::vector<std::string_view> roles,
                                              const std::vector<std::string>& units);
  /// Waits until the event lies on disk. `dedupe`: where the same must not be said twice.
  template <typename T>
  [[nodiscard]] Result<Offset> publish(const T& said, std::optional<Id16> dedupe = std::nullopt);

  std::unique_ptr<BusLink> link_;
  std::unique_ptr<File> lock_;
  std::string path_;
  identity::Directory directory_;
  identity::Officers officers_;
};

}  // namespace lamplight::cli
