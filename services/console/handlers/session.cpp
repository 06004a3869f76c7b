#include "console/handlers/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "console/json_answer.hpp"
#include "console/json_body.hpp"
#include "console/json_object.hpp"
#include "console/pages.hpp"
#include "console/problems.hpp"
#include "model/civil.hpp"

namespace lamplight::console {

namespace {

struct Credentials {
  std::string name;
  std::string password;
};

std::string member(const rapidjson::Document& document, const char* name) {
  const auto found = document.FindMember(name);
  if (found == document.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

struct Attempt {
  std::string token;  ///< empty: refused
  Metrics::SignIn outcome = Metrics::SignIn::kWrong;
  std::int64_t wait_us = 0;  ///< of kLimited
};

/// Names compare without case.
bool is_forwarded_for(std::string_view name) {
  constexpr std::string_view kForwarded = "x-forwarded-for";
  return std::equal(name.begin(), name.end(), kForwarded.begin(), kForwarded.end(),
                    [](char given, char wanted) { return (given | 0x20) == wanted; });
}

/// Who sends: the peer, or what the proxy in front says of it.
std::string sender_of(const Core& core, const http::Request& request) {
  if (core.proxy().empty() || request.peer != core.proxy()) return request.peer;
  // The last one is what the proxy has added; what stands before it anybody may have written.
  std::string_view told;
  for (const auto& [name, value] : request.headers) {
    if (is_forwarded_for(name)) told = value;
  }
  if (const auto comma = told.rfind(','); comma != std::string_view::npos)
    told.remove_prefix(comma + 1);
  while (told.starts_with(' ')) told.remove_prefix(1);
  return told.empty() ? request.peer : std::string(told);
}

using Finish = std::function<void(const Attempt&)>;

void verify(Core& core, const Credentials& given, const std::string& address,
            const Finish& finish) {
  const Offset as_of = core.cut();
  const bool taken = core.passwords().verify(
      given.name, given.password,
      [&core, given, address, finish, as_of](const PasswordDesk::Verified& verified) {
        core.post([&core, given, address, finish, as_of, verified] {
          if (verified.names == nullptr) {
            core.limits().give_back(given.name, address);
            return finish({{}, Metrics::SignIn::kUnavailable, 0});
          }
          const identity::Officer* officer =
              verified.officer ? core.state().officers().find(*verified.officer) : nullptr;
          if (officer == nullptr || officer->revoked)
            return finish({{}, Metrics::SignIn::kWrong, 0});
          // Changed meanwhile: what was right may be the password before.
          if (as_of < officer->changed) return verify(core, given, address, finish);
          core.limits().give_back(given.name, address);
          core.know(verified.names);
          finish({core.sessions().open({officer->key, as_of}, core.monotonic_us()),
                  Metrics::SignIn::kOk, 0});
        });
      });
  if (!taken) finish({{}, Metrics::SignIn::kOverloaded, 0});
}

/// Tries to sign in; `done` hears what came of it, on the core's thread, at once or later.
void attempt(Core& core, const Credentials& given, const http::Request& request, Finish done) {
  const Finish finish = [&core, done = std::move(done)](const Attempt& made) {
    core.metrics().record_sign_in(made.outcome);
    done(made);
  };
  const std::string address = sender_of(core, request);
  if (const std::int64_t wait = core.limits().attempt(given.name, address, core.monotonic_us());
      wait > 0)
    return finish({{}, Metrics::SignIn::kLimited, wait});
  verify(core, given, address, finish);
}

std::string retry_after(std::int64_t wait_us) {
  return std::to_string((wait_us + kUsPerSecond - 1) / kUsPerSecond);
}

http::Response refusal(const Attempt& attempt, std::string_view request_id) {
  switch (attempt.outcome) {
    case Metrics::SignIn::kLimited: {
      http::Response response = problem_response(too_many_attempts(), request_id);
      response.headers.emplace_back("Retry-After", retry_after(attempt.wait_us));
      return response;
    }
    case Metrics::SignIn::kOverloaded:
      return problem_response(not_now("overloaded", "Too many sign in at once; try again shortly."),
                              request_id);
    case Metrics::SignIn::kUnavailable:
      return problem_response(
          not_now("unavailable", "The officers' file cannot be read; whoever runs this is told."),
          request_id);
    case Metrics::SignIn::kOk:
    case Metrics::SignIn::kWrong: break;
  }
  return problem_response(wrong_sign_in(), request_id);
}

/// The sign-in page again, with the status that the API answers.
http::Response refusal_page(const Attempt& attempt, const ListView& next) {
  const unsigned status = attempt.outcome == Metrics::SignIn::kWrong     ? 401
                          : attempt.outcome == Metrics::SignIn::kLimited ? 429
                                                                         : 503;
  http::Response response = page_response(
      status, sign_in_html(next, status == 503 ? SignInNote::kNotNow : SignInNote::kFailed));
  if (status != 401)
    response.headers.emplace_back(
        "Retry-After", retry_after(std::max<std::int64_t>(attempt.wait_us, kUsPerSecond)));
  return response;
}

void describe(const identity::Officer& officer, JsonObject& out) {
  out.text("officer", officer.key);
  out.list("roles", officer.roles.names());
  out.list("units", officer.units);
}

http::Response session_response(Core& core, const std::string& token) {
  JsonObject out;
  out.text("token", token);
  out.time("expires_at", core.wall().plus_us(core.sessions().lifetime_us()));
  if (const identity::Officer* officer = core.signed_in(token)) describe(*officer, out);
  return json_answer(out.take(), 201);
}

/// To another page, with what the browser shall keep.
http::Response see_other(std::string where, std::string cookie) {
  http::Response response;
  response.status = 303;
  response.headers.emplace_back("Location", std::move(where));
  response.headers.emplace_back("Cache-Control", "no-store");
  // Lax: a link from the wall may bring a reader in; pages only read, and the API takes no cookie.
  response.headers.emplace_back(
      "Set-Cookie", "lamplight_session=" + cookie + "; Path=/lists; HttpOnly; SameSite=Lax");
  return response;
}

}  // namespace

void sign_in(Core& core, const http::Request& request, http::ResponderPtr responder) {
  const JsonBody body = read_json_body(request.body);
  if (body.problem) return responder->answer(problem_response(*body.problem, request.id));
  std::vector<http::FieldError> errors;
  for (const char* name : {"name", "password"}) {
    if (times_said(body.object, name) > 1)
      errors.push_back({fmt::format("/{}", name), "twice", "Say it once."});
  }
  if (!errors.empty())
    return responder->answer(problem_response(broken_rules(std::move(errors)), request.id));
  const Credentials given{member(body.object, "name"), member(body.object, "password")};
  attempt(core, given, request, [&core, responder, id = request.id](const Attempt& made) {
    responder->answer(made.token.empty() ? refusal(made, id) : session_response(core, made.token));
  });
}

void who_am_i(Core& core, const http::Request& request, const http::ResponderPtr& responder) {
  const auto caller = core.caller(request, false);
  if (!caller) return responder->answer(problem_response(not_signed_in(), request.id));
  JsonObject out;
  describe(*caller->officer, out);
  responder->answer(json_answer(out.take()));
}

void sign_out(Core& core, const http::Request& request, const http::ResponderPtr& responder) {
  const auto caller = core.caller(request, false);
  if (!caller) return responder->answer(problem_response(not_signed_in(), request.id));
  core.sessions().close(caller->token);
  http::Response response;
  response.status = 204;
  responder->answer(std::move(response));
}

void sign_in_page(Core&, const http::Request& request, const http::ResponderPtr& responder) {
  responder->answer(page_response(200, sign_in_html(view_to_come(request), SignInNote::kNone)));
}

void sign_in_form(Core& core, const http::Request& request, http::ResponderPtr responder) {
  const Credentials given{form_value(request.body, "name"), form_value(request.body, "password")};
  const ListView next = view_to_come(request);
  attempt(core, given, request, [responder, next](const Attempt& made) {
    if (made.token.empty()) return responder->answer(refusal_page(made, next));
    responder->answer(see_other(list_target(next), made.token));
  });
}

void sign_out_form(Core& core, const http::Request& request, const http::ResponderPtr& responder) {
  if (const auto caller = core.caller(request, true)) core.sessions().close(caller->token);
  responder->answer(
      see_other(fmt::format("/sign-in?lang={}", code_of(language_of(request))), "; Max-Age=0"));
}

}  // namespace lamplight::console
