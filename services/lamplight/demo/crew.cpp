#include "crew.hpp"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "case_text.hpp"
#include "identity/password.hpp"
#include "officer_desk.hpp"

namespace lamplight::cli {

namespace {

constexpr std::uint64_t kMaxFileBytes = 64U << 10;
constexpr int kTries = 20;  // of the console's five seconds each

Error refusal(const HttpAnswer& answer) {
  const Code code = answer.status == 404   ? Code::kNotFound
                    : answer.status >= 500 ? Code::kUnavailable
                                           : Code::kInvalid;
  return {code, describe_problem(answer)};
}

Result<rapidjson::Document> parsed(const HttpAnswer& answer) {
  rapidjson::Document document;
  document.Parse(answer.body.data(), answer.body.size());
  if (document.HasParseError() || !document.IsObject())
    return Error(Code::kInvalid, "the console answered no JSON object");
  return document;
}

}  // namespace

Result<Crew> Crew::muster(const runtime::Config& config, const Env& env, const std::string& file,
                          std::string console) {
  Crew crew(env, std::move(console));
  auto known = crew.read(file);
  if (!known) return known.error();
  // The file first: officers whose passwords nobody knows would be of no use.
  if (!*known) {
    for (const demo::ScriptedOfficer* officer : demo::kOfficers)
      crew.members_[std::string(officer->name)].password = identity::random_password(env.random);
    if (auto written = crew.write(file); !written) return written.error();
  }
  if (auto enlisted = crew.enlist(config, !*known); !enlisted) return enlisted.error();
  return crew;
}

/// One officer a line, name and password. False: there is no such file.
Result<bool> Crew::read(const std::string& file) {
  if (!env_.disk.exists(file)) return false;
  const auto text = read_file(env_.disk, file, kMaxFileBytes);
  if (!text) return text.error();
  std::istringstream words(*text);
  std::string name;
  std::string password;
  while (words >> name >> password) members_[name].password = password;
  for (const demo::ScriptedOfficer* officer : demo::kOfficers) {
    if (!members_.contains(officer->name)) {
      return Error(Code::kInvalid,
                   fmt::format("{}: {} is not there; without the file new passwords are made", file,
                               officer->name));
    }
  }
  return true;
}

Result<void> Crew::write(const std::string& file) const {
  std::string text;
  for (const auto& [name, member] : members_) text += name + ' ' + member.password + '\n';
  return replace_file(env_.disk, file, as_bytes(text));
}

Result<void> Crew::enlist(const runtime::Config& config, bool new_passwords) {
  auto desk = OfficerDesk::open(config);
  if (!desk) return desk.error();
  for (const demo::ScriptedOfficer* officer : demo::kOfficers) {
    const std::string name(officer->name);
    Member& member = members_[name];
    const auto known = (*desk)->key_of(name);
    if (known) {
      member.key = *known;
      if (!new_passwords) continue;
      if (auto set = (*desk)->set_password(name, member.password); !set) return set;
      continue;
    }
    if (known.error().code() != Code::kNotFound) return known.error();
    std::vector<std::string> units;
    if (!officer->unit.empty()) units.emplace_back(officer->unit);
    const auto added = (*desk)->add(name, member.password, {std::string(officer->role)}, units);
    if (!added) return added.error();
    member.key = added->key;
  }
  return {};
}

const std::string& Crew::key_of(const demo::ScriptedOfficer& officer) const {
  return members_.find(officer.name)->second.key;
}

std::string Crew::with_names(std::string text) const {
  for (const auto& [name, member] : members_) {
    const std::string column = fmt::format("{:<{}}", name, member.key.size());
    for (std::size_t at = text.find(member.key); at != std::string::npos;
         at = text.find(member.key, at))
      text.replace(at, member.key.size(), column);
  }
  return text;
}

Result<void> Crew::sign_in(const demo::ScriptedOfficer& officer) {
  Member& member = members_.find(officer.name)->second;
  HttpRequest request;
  request.method = "POST";
  request.url = console_ + "/v1/session";
  request.content_type = "application/json";
  // Neither has a character that JSON escapes.
  request.body = fmt::format(R"({{"name":"{}","password":"{}"}})", officer.name, member.password);
  const auto answer = http_call(request);
  if (!answer) return answer.error();
  if (answer->status != 201)
    return refusal(*answer).with("sign-in of " + std::string(officer.name));
  const auto session = parsed(*answer);
  if (!session) return session.error();
  member.token = text_of(*session, "token");
  return {};
}

Result<HttpAnswer> Crew::send(const demo::ScriptedOfficer& officer, HttpRequest request) {
  request.url = console_ + request.url;
  const std::string& token = members_.find(officer.name)->second.token;
  for (bool signed_in = false;; signed_in = true) {
    if (token.empty() || signed_in) {
      if (auto done = sign_in(officer); !done) return done.error();
    }
    HttpRequest now = request;
    now.headers.push_back("Authorization: Bearer " + token);
    auto answer = http_call(now);
    if (!answer || answer->status != 401 || signed_in) return answer;
  }
}

Result<rapidjson::Document> Crew::get(const demo::ScriptedOfficer& officer,
                                      const std::string& path) {
  HttpRequest request;
  request.url = path;
  const auto answer = send(officer, std::move(request));
  if (!answer) return answer.error();
  if (answer->status != 200) return refusal(*answer);
  return parsed(*answer);
}

Result<void> Crew::ask(const demo::ScriptedOfficer& officer, const std::string& path,
                       std::string_view body, const std::string& idempotency_key) {
  HttpRequest request;
  request.method = "POST";
  request.url = path;
  request.content_type = "application/json";
  request.body = body;
  request.headers.push_back("Idempotency-Key: " + idempotency_key);
  for (int i = 0; i < kTries; ++i) {
    const auto answer = send(officer, request);
    if (!answer) return answer.error();
    if (answer->status == 200) return {};
    if (answer->status != 202)  // the same words again: they get the same request's answer
      return refusal(*answer).with(std::string(officer.name) + " " + path);
  }
  return Error(Code::kTimeout,
               fmt::format("{} {}: the inner loop does not answer", officer.name, path));
}

}  // namespace lamplight::cli
