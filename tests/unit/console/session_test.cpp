#include "base/utf8.hpp"
#include "over_http.hpp"

namespace lamplight::console::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Session : public OverHttp {
 protected:
  Session() { add_officer(log, kWang, {"operator", "reviewer"}, {"operations_centre"}); }
  Reply sign_in(const std::string& name, const std::string& password) {
    return post("/v1/session", {}, R"({"name":")" + name + R"(","password":")" + password + "\"}");
  }
  /// Everything of an answer but its request id.
  static std::string words(const Reply& reply) {
    return reply.body.substr(0, reply.body.find("\"instance\""));
  }
  static std::string token_in(const Reply& reply) {
    const std::size_t at = reply.body.find("\"token\":\"");
    return at == std::string::npos ? "" : reply.body.substr(at + 9, 64);
  }
};

TEST_F(Session, NameAndPasswordGiveATokenThatTellsWhoOneIs) {
  password_of("王", kWang, "correct horse battery");
  start();

  const Reply made = sign_in("王", "correct horse battery");

  ASSERT_EQ(made.status, 201U) << made.body;
  EXPECT_THAT(made.body, HasSubstr(R"("roles":["operator","reviewer"])"));
  EXPECT_THAT(made.body, Not(HasSubstr("王"))) << "a name is no part of an answer";
  EXPECT_EQ(made.header("Cache-Control"), "no-store");
  const Reply who = get("/v1/session", token_in(made));
  EXPECT_EQ(who.status, 200U);
  EXPECT_THAT(who.body, HasSubstr(std::string(kWang)));
  EXPECT_EQ(send("DELETE", "/v1/session", token_in(made)).status, 204U);
  EXPECT_EQ(get("/v1/session", token_in(made)).status, 401U);
}

TEST_F(Session, AUnitThatIsNoUtf8BreaksNoAnswer) {
  add_officer(log, kLi, {"operator"}, {"\xCD\xF5", "wuma"});
  start();
  const Reply who = get("/v1/session", token_of(kLi));
  EXPECT_TRUE(is_utf8(who.body)) << who.body;
  EXPECT_THAT(who.body, HasSubstr("\"wuma\""));
}

TEST_F(Session, ARefusalSaysNotWhatWasWrong) {
  password_of("wang", kWang, "correct horse battery");
  password_of("li", kLi, "another long password");
  password_of("chen", kChen, "a third long password");
  add_officer(log, kChen, {"operator"});
  revoke_officer(log, kChen);
  start();

  const Reply wrong = sign_in("wang", "correct horse batterz");
  const Reply unknown = sign_in("nobody", "correct horse battery");
  const Reply not_on_the_log = sign_in("li", "another long password");
  const Reply revoked = sign_in("chen", "a third long password");

  for (const Reply& reply : {wrong, unknown, not_on_the_log, revoked}) {
    EXPECT_EQ(reply.status, 401U);
    EXPECT_EQ(words(reply), words(wrong));
  }
  EXPECT_EQ(metric(R"(lamplight_console_sign_ins_total{outcome="wrong"})"), 4);
}

TEST_F(Session, TooManyAttemptsMustWaitWhetherTheNameIsKnownOrNot) {
  password_of("wang", kWang, "correct horse battery");
  start();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(sign_in("wang", "wrong password").status, 401U);
    EXPECT_EQ(sign_in("nobody", "wrong password").status, 401U);
  }

  const Reply known = sign_in("wang", "correct horse battery");
  const Reply unknown = sign_in("nobody", "correct horse battery");

  EXPECT_EQ(known.status, 429U);
  EXPECT_EQ(known.header("Retry-After"), "60");
  EXPECT_EQ(unknown.status, 429U);
  EXPECT_EQ(words(known), words(unknown));
  EXPECT_EQ(metric(R"(lamplight_console_sign_ins_total{outcome="limited"})"), 2);

  clock.now_us += 60 * 1'000'000;
  EXPECT_EQ(sign_in("wang", "correct horse battery").status, 201U);
}

TEST_F(Session, AFileThatCannotBeReadIsNoWrongPasswordAndCostsNoAttempt) {
  password_of("wang", kWang, "correct horse battery");
  start();
  const std::string officers = replace_officers_file("{");

  for (int i = 0; i < 10; ++i) {
    const Reply reply = sign_in("wang", "correct horse battery");
    EXPECT_EQ(reply.status, 503U);
    EXPECT_THAT(reply.body, HasSubstr("urn:lamplight:problem:unavailable"));
    EXPECT_EQ(reply.header("Retry-After"), "1");
  }
  const Reply page = post("/sign-in?lang=en", {}, "name=wang&password=correct+horse+battery");
  EXPECT_EQ(page.status, 503U);
  EXPECT_THAT(page.body, HasSubstr("Nobody can sign in at present"));

  EXPECT_EQ(metric(R"(lamplight_console_sign_ins_total{outcome="unavailable"})"), 11);
  EXPECT_EQ(metric(R"(lamplight_console_sign_ins_total{outcome="wrong"})"), 0);
  replace_officers_file(officers);
  EXPECT_EQ(sign_in("wang", "correct horse battery").status, 201U);
}

TEST_F(Session, ATokenEndsWithItsTimeAndWithTheOfficer) {
  options.sessions.lifetime_us = 60'000'000;
  start();
  const std::string token = token_of(kWang);
  const std::string later = token_of(kWang);
  clock.now_us += 59'000'000;
  EXPECT_EQ(get("/v1/session", token).status, 200U);
  happens([&] { revoke_officer(log, kWang); });
  EXPECT_EQ(get("/v1/session", token).status, 401U);
  clock.now_us += 1'000'000;
  EXPECT_EQ(get("/v1/session", later).status, 401U);
}

TEST_F(Session, WhoeverIsChangedSignsInAnew) {
  password_of("wang", kWang, "correct horse battery");
  start();
  const std::string before = token_in(sign_in("wang", "correct horse battery"));
  EXPECT_EQ(get("/v1/session", before).status, 200U);
  happens([&] { change_officer(log, kWang, {"auditor"}); });
  EXPECT_EQ(get("/v1/session", before).status, 401U);
  const Reply after = sign_in("wang", "correct horse battery");
  EXPECT_THAT(after.body, HasSubstr(R"("roles":["auditor"])"));
  EXPECT_EQ(get("/v1/session", token_in(after)).status, 200U);
}

TEST_F(Session, WhoIsChangedWhileTheyAreLookedUpIsLookedUpAgain) {
  password_of("wang", kWang, "correct horse battery");
  // The file is open, and the password in it about to be found right.
  before_look = [this](std::uint64_t look) {
    if (look != 2) return;
    new_password_of("wang", "another long password");
    happens([&] { change_officer(log, kWang, {"operator"}); });
  };
  start();
  EXPECT_EQ(sign_in("wang", "correct horse battery").status, 401U);
  EXPECT_EQ(metric(R"(lamplight_console_sign_ins_total{outcome="wrong"})"), 1);
  EXPECT_EQ(sign_in("wang", "another long password").status, 201U);
}

TEST_F(Session, TheAddressIsWhatTheProxyInFrontHasAdded) {
  options.proxy = "127.0.0.1";
  start();
  const auto attempt = [this](const std::string& forwarded) {
    static int number = 0;
    return post("/v1/session", {},
                R"({"name":"n)" + std::to_string(++number) + R"(","password":"wrong password"})",
                forwarded.empty() ? "" : "X-Forwarded-For: " + forwarded + "\r\n")
        .status;
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(attempt("10.9.9.9, 10.0.0.1"), 401U);
  EXPECT_EQ(attempt("10.9.9.9, 10.0.0.1"), 429U);
  EXPECT_EQ(attempt("10.0.0.2"), 401U) << "others behind the proxy go on";
  EXPECT_EQ(attempt("10.0.0.3, 10.0.0.1"), 429U) << "what the sender wrote counts for nothing";
  EXPECT_EQ(attempt("10.0.0.3\r\nX-Forwarded-For: 10.0.0.1"), 429U);
  EXPECT_EQ(attempt(""), 401U) << "the proxy itself";
}

TEST_F(Session, WithoutAProxyNobodyNamesAnotherAddress) {
  start();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(sign_in("name" + std::to_string(i), "wrong password").status, 401U);
  EXPECT_EQ(post("/v1/session", {}, R"({"name":"x","password":"wrong password"})",
                 "X-Forwarded-For: 10.0.0.1\r\n")
                .status,
            429U);
}

TEST_F(Session, ABrowserSignsOut) {
  start();
  const std::string token = token_of(kWang);
  const std::string cookie = "Cookie: lamplight_session=" + token + "\r\n";
  EXPECT_THAT(get("/lists/mine", {}, cookie).body, HasSubstr("action=\"/lists/sign-out?lang=zh\""));
  const Reply out = post("/lists/sign-out?lang=en", {}, {}, cookie);
  EXPECT_EQ(out.status, 303U);
  EXPECT_EQ(out.header("Location"), "/sign-in?lang=en");
  EXPECT_THAT(out.header("Set-Cookie"), HasSubstr("lamplight_session=; Max-Age=0; Path=/lists"));
  EXPECT_EQ(get("/v1/session", token).status, 401U) << "the token is good for nothing any more";
}

TEST_F(Session, EveryPathWantsOne) {
  append(log, {.number = 1});
  start();
  for (const char* path : {"/v1/session", "/v1/cases", "/v1/feed"}) {
    const Reply reply = get(path, {});
    EXPECT_EQ(reply.status, 401U) << path;
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer") << path;
  }
  EXPECT_EQ(get(case_path(1), {}).status, 401U);
  EXPECT_EQ(get(case_path(1) + "/history", std::string(64, 'a')).status, 401U);
  EXPECT_EQ(get("/v1/requests/" + to_uuid(case_id(1)), {}).status, 401U);
  EXPECT_EQ(post(case_path(1) + "/assessment", {}).status, 401U);
  EXPECT_EQ(log.events.size(), 2U) << "and nothing was asked";
}

TEST_F(Session, TheApiTakesNoCookie) {
  start();
  const std::string cookie = "Cookie: lamplight_session=" + token_of(kWang) + "\r\n";
  EXPECT_EQ(get("/v1/session", {}, cookie).status, 401U);
  EXPECT_EQ(post("/v1/petitions", {}, R"({"petition":"1"})", cookie).status, 401U);
  EXPECT_EQ(get("/lists/mine", {}, cookie).status, 200U);
}

TEST_F(Session, ABrowserSignsInByAForm) {
  password_of("王 wu", kWang, "correct horse&battery");
  start();
  const Reply away = get("/lists/overdue", {});
  EXPECT_EQ(away.status, 303U);
  EXPECT_EQ(away.header("Location"), "/sign-in?next=overdue&lang=zh");

  const Reply made = post("/sign-in?next=overdue&lang=en", {},
                          "name=%E7%8E%8B+wu&password=correct+horse%26battery");

  EXPECT_EQ(made.status, 303U);
  EXPECT_EQ(made.header("Location"), "/lists/overdue?lang=en");
  const std::string cookie = made.header("Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Lax"));
  const std::string sent = "Cookie: other=1; " + cookie.substr(0, cookie.find(';')) + "\r\n";
  EXPECT_EQ(get("/lists/overdue", {}, sent).status, 200U);
  const Reply wrong = post("/sign-in?next=//evil.example", {}, "name=x&password=y");
  EXPECT_EQ(wrong.status, 401U);
  EXPECT_THAT(wrong.body, Not(HasSubstr("evil")));
}

TEST_F(Session, SigningInLeadsToWhatWasAskedFor) {
  password_of("wang", kWang, "correct horse battery");
  start();
  const Reply away = get("/lists/overdue?area=wu%26ma%20%22&lang=en", {});
  const std::string where = away.header("Location");
  EXPECT_EQ(where, "/sign-in?next=overdue&lang=en&area=wu%26ma%20%22");
  EXPECT_THAT(get(where, {}).body,
              HasSubstr(R"(action="/sign-in?next=overdue&amp;lang=en&amp;area=wu%26ma%20%22")"));
  const Reply wrong = post(where, {}, "name=wang&password=wrong");
  EXPECT_THAT(wrong.body, HasSubstr("&amp;area=wu%26ma%20%22\""));
  EXPECT_EQ(post(where, {}, "name=wang&password=correct+horse+battery").header("Location"),
            "/lists/overdue?lang=en&area=wu%26ma%20%22");
}

TEST_F(Session, BodiesThatAreNoSignInAreToldSo) {
  start();
  for (const char* body : {"", "[]", "{", "\"name\""}) {
    EXPECT_EQ(post("/v1/session", {}, body).status, 400U) << body;
  }
  EXPECT_EQ(post("/v1/session", {}, std::string("{}\0{}", 5)).status, 400U);
  EXPECT_EQ(post("/v1/session", {}, "{}").status, 401U);
  const Reply twice =
      post("/v1/session", {}, R"({"name":"wang","password":"a wrong one","name":"li"})");
  EXPECT_EQ(twice.status, 422U);
  EXPECT_THAT(twice.body, HasSubstr(R"("pointer":"/name","rule":"twice")"));
}

}  // namespace
}  // namespace lamplight::console::test
