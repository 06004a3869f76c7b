#pragma once

#include <rapidjson/document.h>

#include <map>
#include <string>
#include <string_view>

#include "base/env.hpp"
#include "circulation.hpp"
#include "http_call.hpp"
#include "runtime/config.hpp"

namespace lamplight::cli {

/// The scripted officers at the console: their passwords, kept in a file of the demonstration's folder that its owner alone
/// reads, and their sessions. They work as anybody's software would: over HTTP, signed in again when that is asked for, and
/// with an Idempotency-Key, so that a command that got no answer is asked once.
class Crew {
 public:
  /// Makes the officers and passwords that are not there. Errors: those of OfficerDesk and of the file.
  [[nodiscard]] static Result<Crew> muster(const runtime::Config& config, const Env& env,
                                           const std::string& file, std::string console);

  /// The officer's key on the log.
  [[nodiscard]] const std::string& key_of(const demo::ScriptedOfficer& officer) const;
  /// A text for people: keys of the crew as names, in columns as wide.
  [[nodiscard]] std::string with_names(std::string text) const;

  /// GET; an answer that is no success is an error in the console's own words (kNotFound: 404).
  [[nodiscard]] Result<rapidjson::Document> get(const demo::ScriptedOfficer& officer,
                                                const std::string& path);
  /// A command until its answer is final, accepted or not: 200 or what the console says against it, as an error.
  [[nodiscard]] Result<void> ask(const demo::ScriptedOfficer& officer, const std::string& path,
                                 std::string_view body, const std::string& idempotency_key);

 private:
  struct Member {
    std::string password;
    std::string key;
    std::string token;
  };
  Crew(const Env& env, std::string console) : env_(env), console_(std::move(console)) {}

  [[nodiscard]] Result<bool> read(const std::string& file);
  [[nodiscard]] Result<void> write(const std::string& file) const;
  [[nodiscard]] Result<void> enlist(const runtime::Config& config, bool new_passwords);
  [[nodiscard]] Result<void> sign_in(const demo::ScriptedOfficer& officer);
  [[nodiscard]] Result<HttpAnswer> send(const demo::ScriptedOfficer& officer, HttpRequest request);

  Env env_;
  std::string console_;
  std::map<std::string, Member, std::less<>> members_;  ///< by name
};

}  // namespace lamplight::cli
