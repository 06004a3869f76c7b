#include "over_http.hpp"

#include <fmt/core.h>

#include <fstream>

namespace lamplight::intake::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST_F(OverHttp, AnAlertIsAnsweredWithItsPlaceOnTheLog) {
  start();

  const Reply reply = post(Said{"a-1"}.json());

  EXPECT_EQ(reply.status, 202U) << reply.body;
  const std::string id = to_uuid(log.events.at(0).id);
  EXPECT_EQ(reply.header("Location"), "/v1/alerts/" + id);
  EXPECT_THAT(reply.body,
              StartsWith(R"({"id":")" + id + R"(","offset":1,"received_at":"2023-11-14T)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("warnings":[])"));
}

TEST_F(OverHttp, ASlipInTheYearIsRefusedByFieldAndRule) {
  start();
  const auto with = [](std::string json, std::string_view from, std::string_view to) {
    json.replace(json.find(from), from.size(), to);
    return json;
  };
  const std::string extra =
      R"(,"occurred_at":"2024-07-04T00:00:00Z","stages":{"arrive":"2024-07-05T00:00:00Z"})";

  // The clock shows 2024-07-03 09:46:40 UTC.
  const Reply slip = post(with(Said{"a-1"}.json(), "2024-05", "2098-05"));
  const Reply stage = post(Said{"a-2", "theft", "Actual", extra}.json());
  const Reply clocks_differ = post(with(Said{"a-3"}.json(), "2024-05-01", "2024-07-04"));

  EXPECT_EQ(slip.status, 422U);
  EXPECT_THAT(slip.body, HasSubstr(R"("pointer":"/reported_at","rule":"in_future")"));
  EXPECT_EQ(stage.status, 422U);
  EXPECT_THAT(stage.body, HasSubstr(R"("pointer":"/stages/arrive","rule":"in_future")"));
  EXPECT_THAT(stage.body, testing::Not(HasSubstr("occurred_at")));
  EXPECT_EQ(clocks_differ.status, 202U) << clocks_differ.body;
  EXPECT_THAT(log.events, testing::SizeIs(1));
}

TEST_F(OverHttp, The202WaitsForTheDurableAck) {
  start();
  on_core([&] { client->hold_acks = true; });
  HttpConnection connection(server->port());
  const std::string body = Said{"a-1"}.json();
  connection.send(post_head(body.size(), kJson) + body);
  std::size_t waiting = 0;
  while (waiting == 0) on_core([&] { waiting = client->unacknowledged(); });
  // The alert is with the bus and not durable: a second request is answered meanwhile, this one is not.
  EXPECT_EQ(get("/v1/alerts/00000000-0000-7000-8000-000000000000").status, 404U);
  bool acknowledged = false;

  on_core([&] {
    acknowledged = true;
    client->hold_acks = false;
  });
  const Reply reply = connection.receive();

  EXPECT_TRUE(acknowledged);
  EXPECT_EQ(reply.status, 202U);
  EXPECT_EQ(log.events.size(), 1U);
}

TEST_F(OverHttp, RepeatsAreAnsweredByTheRules) {
  start();
  const std::string body = Said{"a-1"}.json();
  const Reply first = post(body, kJson, key("k"));

  const Reply same = post(body, kJson, key("k"));
  const Reply reused = post(Said{"a-2"}.json(), kJson, key("k"));
  const Reply duplicate = post(body);
  const Reply conflict = post(Said{"a-1", "robbery"}.json());

  EXPECT_EQ(same.status, 202U);
  EXPECT_EQ(same.body, first.body);
  EXPECT_EQ(reused.status, 422U);
  EXPECT_THAT(reused.body, HasSubstr("urn:lamplight:problem:key_reused"));
  EXPECT_EQ(duplicate.status, 200U);
  EXPECT_THAT(duplicate.body, HasSubstr(R"("duplicate_of":{"id":")" + to_uuid(log.events[0].id) +
                                        R"(","offset":1})"));
  EXPECT_EQ(conflict.status, 409U);
  EXPECT_THAT(conflict.body, HasSubstr(to_uuid(log.events[0].id)));
  EXPECT_EQ(log.events.size(), 1U);
}

TEST_F(OverHttp, BrokenRulesNameFieldRuleAndWayOut) {
  start();

  const Reply reply = post(
      R"({"partner_ref":"a-1","status":"Actual","class":"criminal","category":"theft","area":"wuma",)"
      R"("reported_at":"2024-05-01T08:00:00"})");

  EXPECT_EQ(reply.status, 422U);
  EXPECT_EQ(reply.header("Content-Type"), "application/problem+json");
  EXPECT_THAT(reply.body, AllOf(HasSubstr("urn:lamplight:problem:broken_rules"),
                                HasSubstr(R"("pointer":"/reported_at")"),
                                HasSubstr(R"("rule":"zone_required")"), HasSubstr(R"("hint":)")));
  EXPECT_TRUE(log.events.empty());
}

TEST_F(OverHttp, WhatCannotBeReadIsRefusedWithTheRightStatus) {
  start();

  EXPECT_EQ(post("").status, 400U);
  EXPECT_EQ(post("  \n ", kLines).status, 400U);
  EXPECT_EQ(post("not json").status, 400U);
  EXPECT_EQ(post(R"({"partner_ref":)").status, 400U);
  EXPECT_EQ(post("<alert/>", "application/xml").status, 415U);
  EXPECT_EQ(post(R"({"partner_ref":")" + std::string(70'000, 'x') + "\"}").status, 413U);
  EXPECT_EQ(post(Said{"a-1"}.json(), kJson, key("")).status, 400U);
  EXPECT_EQ(post(Said{"a-1"}.json(), kJson, key(std::string(129, 'k'))).status, 400U);
  EXPECT_TRUE(log.events.empty());
  EXPECT_EQ(post(Said{"a-1"}.json(), "Application/JSON; charset=utf-8", key(std::string(128, 'k')))
                .status,
            202U);
}

TEST_F(OverHttp, UnknownFieldsAreDroppedAndNamed) {
  start();

  const Reply reply = post(Said{"a-1", "theft", "Actual", R"(,"colour_of_day":1)"}.json());

  EXPECT_EQ(reply.status, 202U);
  EXPECT_THAT(reply.body, HasSubstr(R"("pointer":"/colour_of_day")"));
}

TEST_F(OverHttp, CorrectingTheUnknownAndTheWithdrawnIsRefused) {
  start();
  post(Said{"a-1"}.json());
  const std::string id = to_uuid(log.events[0].id);

  const Reply unknown =
      post(Said{"c-0", "theft", "Actual", R"(,"corrects":"00000000-0000-7000-8000-000000000000")"}
               .json());
  EXPECT_EQ(post(Said{"c-1", "theft", "Actual", R"(,"corrects":")" + id + '"'}.json()).status,
            202U);
  EXPECT_EQ(post(Said{"w-1", "theft", "Actual", R"(,"withdraws":")" + id + '"'}.json()).status,
            202U);
  const Reply late = post(Said{"c-2", "theft", "Actual", R"(,"corrects":")" + id + '"'}.json());
  const Reply found = get("/v1/alerts/" + id);

  EXPECT_EQ(unknown.status, 422U);
  EXPECT_THAT(unknown.body, HasSubstr(R"("pointer":"/corrects","rule":"unknown_alert")"));
  EXPECT_EQ(late.status, 422U);
  EXPECT_THAT(late.body, HasSubstr(R"("rule":"withdrawn")"));
  EXPECT_THAT(found.body, AllOf(HasSubstr(R"("corrected_by":")" + to_uuid(log.events[1].id)),
                                HasSubstr(R"("withdrawn_by":")" + to_uuid(log.events[2].id))));
}

TEST_F(OverHttp, AnAlertCanBeReadBack) {
  start();
  post(Said{"a-1"}.json());
  const std::string id = to_uuid(log.events[0].id);

  const Reply found = get("/v1/alerts/" + id);

  EXPECT_EQ(found.status, 200U);
  EXPECT_THAT(found.body, AllOf(StartsWith(R"({"id":")" + id + R"(","offset":1,)"),
                                HasSubstr(R"("partner_ref":"a-1")"),
                                HasSubstr(R"("reported_at":"2024-05-01T08:00:00+08:00")")));
  EXPECT_EQ(get("/v1/alerts/nonsense").status, 404U);
}

TEST_F(OverHttp, AnArrayIsAnsweredItemByItemAndOneBadItemCostsOnlyItself) {
  start();

  const Reply reply =
      post("[" + Said{"a-1"}.json() + ",{}," + Said{"a-1"}.json() + "," + Said{"a-2"}.json() + "]");

  EXPECT_EQ(reply.status, 207U);
  EXPECT_EQ(reply.header("Content-Type"), "application/json");
  const std::vector<std::string> lines = lines_of(reply.body);
  ASSERT_EQ(lines.size(), 6U) << reply.body;
  EXPECT_THAT(lines[1],
              AllOf(StartsWith(R"({"index":0,"status":202,"id":")"), HasSubstr(R"("offset":1,)")));
  EXPECT_THAT(lines[2], AllOf(StartsWith(R"({"index":1,"status":422,"problem":{)"),
                              HasSubstr("broken_rules")));
  EXPECT_THAT(lines[3],
              AllOf(StartsWith(R"({"index":2,"status":200,)"), HasSubstr("duplicate_of")));
  EXPECT_THAT(lines[4], StartsWith(R"({"index":3,"status":202,)"));
  EXPECT_EQ(lines[5], "]");
  EXPECT_EQ(log.events.size(), 2U);
}

TEST_F(OverHttp, NdjsonIsAnsweredLineByLine) {
  start();

  const Reply reply = post(Said{"a-1"}.json() + "\nnot json\n\n" + Said{"a-2"}.json(), kLines);

  EXPECT_EQ(reply.status, 207U);
  EXPECT_EQ(reply.header("Content-Type"), "application/x-ndjson");
  const std::vector<std::string> lines = lines_of(reply.body);
  ASSERT_EQ(lines.size(), 3U) << reply.body;
  EXPECT_THAT(lines[0], StartsWith(R"({"index":0,"status":202,)"));
  EXPECT_THAT(lines[1], AllOf(StartsWith(R"({"index":1,"status":400,)"), HasSubstr("not_json")));
  EXPECT_THAT(lines[2], StartsWith(R"({"index":2,"status":202,)"));
}

TEST_F(OverHttp, ABatchSentAgainUnderItsKeyGetsTheSameAnswer) {
  start();
  const std::string body = "[" + Said{"a-1"}.json() + "," + Said{"a-2"}.json() + "]";
  const Reply first = post(body, kJson, key("k"));

  const Reply second = post(body, kJson, key("k"));

  EXPECT_EQ(second.status, 207U);
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(log.events.size(), 2U);
}

TEST_F(OverHttp, ACutArrayKeepsWhatCameBeforeAndNamesTheProblemLast) {
  start();

  const Reply reply =
      post("[" + Said{"a-1"}.json() + "," + Said{"a-2"}.json() + ",{\"partner_ref\":");

  EXPECT_EQ(reply.status, 207U);
  const std::vector<std::string> lines = lines_of(reply.body);
  ASSERT_EQ(lines.size(), 5U) << reply.body;
  EXPECT_THAT(lines[2], StartsWith(R"({"index":1,"status":202,)"));
  EXPECT_THAT(lines[3], AllOf(StartsWith(R"({"index":2,"status":400,)"), HasSubstr("body_cut")));
  EXPECT_EQ(log.events.size(), 2U);
}

TEST_F(OverHttp, ABulkBodyThatBreaksOffIsAnsweredWithWhatCameBeforeAndTheProblemLast) {
  start();
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += Said{"a-" + std::to_string(i)}.json() + '\n';
  const struct {
    std::string head;
    std::string body;
  } cuts[] = {{post_head(lines.size() + 4000, kLines), lines + "{\"partner_ref\":"},
              {"POST /v1/alerts HTTP/1.1\r\nHost: test\r\nContent-Type: application/x-ndjson\r\n"
               "Transfer-Encoding: chunked\r\n\r\n",
               fmt::format("{:x}\r\n{}\r\nno chunk\r\n", lines.size(), lines)}};
  for (const auto& cut : cuts) {
    HttpConnection connection(server->port());
    connection.send(cut.head + cut.body);
    connection.end_sending();

    const Reply reply = connection.receive();

    EXPECT_EQ(reply.status, 207U) << reply.body;
    const std::vector<std::string> results = lines_of(reply.body);
    ASSERT_EQ(results.size(), 1001U) << reply.body.substr(0, 500);
    EXPECT_THAT(results[999], StartsWith(R"({"index":999,"status":20)"));
    EXPECT_THAT(results[1000],
                AllOf(StartsWith(R"({"index":1000,"status":400,)"), HasSubstr("body_cut")));
  }
  EXPECT_EQ(log.events.size(), 1000U);
}

TEST_F(OverHttp, ABulkBodyThatBreaksOffBeforeItsFirstAlertIsRefused) {
  start();
  HttpConnection connection(server->port());
  connection.send(post_head(4000, kLines) + "{\"partner_ref\":");
  connection.end_sending();

  const Reply reply = connection.receive();

  EXPECT_EQ(reply.status, 400U);
  EXPECT_THAT(reply.body, HasSubstr("body_cut"));
}

TEST_F(OverHttp, AnArrayThatIsNoneFromTheStartIsRefusedWhole) {
  start();

  EXPECT_EQ(post("[1,2]").status, 400U);
  EXPECT_EQ(post("[").status, 400U);
  const Reply empty = post("[]");
  EXPECT_EQ(empty.status, 207U);
  EXPECT_EQ(empty.body, "[]\n");
}

TEST_F(OverHttp, AConnectionLostInTheMiddleKeepsWholeItems) {
  start();
  {
    HttpConnection connection(server->port());
    const std::string items = Said{"a-1"}.json() + "\n" + Said{"a-2"}.json() + "\n";
    connection.send(post_head(items.size() + 1000, kLines) + items + R"({"partner_ref":)");
    std::size_t durable = 0;
    while (durable < 2) on_core([&] { durable = log.events.size(); });
  }

  const Reply again = post(Said{"a-1"}.json());

  EXPECT_EQ(again.status, 200U) << again.body;
  EXPECT_EQ(log.events.size(), 2U);
}

std::size_t resident_kib() {
  std::ifstream status("/proc/self/statm");
  std::size_t pages = 0;
  std::size_t resident = 0;
  status >> pages >> resident;
  return resident * 4;
}

TEST_F(OverHttp, AHundredThousandLinesComeBackInOrderAndInBoundedMemory) {
  PostOptions options;
  options.items_under_way = 500;
  options.result_bytes = 256U << 10;
  core_options.max_open_items = 1000;  // more than that under way at any time would show as kFull
  start(options);
  on_core([&] { client->window = 300; });
  constexpr int kLineCount = 100'000;
  HttpConnection connection(server->port());
  std::size_t length = 0;
  for (int i = 0; i < kLineCount; ++i) length += Said{"r-" + std::to_string(i)}.json().size() + 1;

  std::thread sender([&] {
    connection.send(post_head(length, kLines));
    std::string lines;
    for (int i = 0; i < kLineCount; ++i) {
      lines += Said{"r-" + std::to_string(i)}.json() + "\n";
      if (lines.size() > 60'000 || i + 1 == kLineCount) {
        EXPECT_TRUE(connection.send(lines));
        EXPECT_NE(core->admission(), Admission::kFull);
        lines.clear();
      }
    }
  });
  const Reply reply = connection.receive();
  sender.join();

  EXPECT_EQ(reply.status, 207U);
  const std::vector<std::string> lines = lines_of(reply.body);
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(kLineCount));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSERT_THAT(lines[i], AllOf(StartsWith("{\"index\":" + std::to_string(i) + ",\"status\":202,"),
                                HasSubstr("\"offset\":" + std::to_string(i + 1) + ",")));
  }
  EXPECT_EQ(reply.header("Transfer-Encoding"), "chunked")
      << "results went out while the body was read";
}

TEST_F(OverHttp, AClientThatReadsNoResultsIsNotReadOn) {
  PostOptions options;
  options.items_under_way = 200;
  options.result_bytes = 64U << 10;
  start(options);
  HttpConnection connection(server->port());
  constexpr std::size_t kBodyBytes = 400U << 20;
  connection.send(post_head(kBodyBytes, kLines));
  // Kernel buffers take a while to fill; then sending blocks, because nothing is read from us any more.
  std::atomic<std::size_t> sent{0};
  std::atomic<bool> over{false};
  std::thread sender([&] {
    for (int i = 0; sent.load() < kBodyBytes; ++i) {
      const std::string line = Said{"r-" + std::to_string(i)}.json() + "\n";
      if (!connection.send(line)) break;
      sent += line.size();
    }
    over.store(true);
  });
  const std::size_t before = resident_kib();
  std::size_t last = 0;
  for (int still = 0; still < 10; still = sent.load() == last ? still + 1 : 0) {
    last = sent.load();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

  EXPECT_FALSE(over.load());
  EXPECT_LT(resident_kib(), before + (200U << 10));
  stop();
  sender.join();
}

TEST_F(OverHttp, WithoutTheBusNewWorkIsAnswered503WithRetryAfter) {
  start();
  on_core([&] { client->lose_connection(); });
  while (core->admission() != Admission::kNoBus) std::this_thread::yield();

  const Reply reply = post(Said{"a-1"}.json());

  EXPECT_EQ(reply.status, 503U);
  EXPECT_THAT(reply.header("Retry-After"), Not(IsEmpty()));
  EXPECT_THAT(reply.body, HasSubstr("urn:lamplight:problem:unavailable"));
}

TEST_F(OverHttp, TooManyBulkBodiesAreTurnedAway) {
  PostOptions options;
  options.bulk_requests = 1;
  start(options);
  HttpConnection first(server->port());
  const std::string line = Said{"a-1"}.json() + "\n";
  first.send(post_head(line.size() * 2, kLines) + line);
  std::size_t durable = 0;
  while (durable < 1) on_core([&] { durable = log.events.size(); });

  const Reply second = post("[" + Said{"a-2"}.json() + "]");
  first.send(line);
  const Reply reply = first.receive();

  EXPECT_EQ(second.status, 503U);
  EXPECT_EQ(reply.status, 207U);
  EXPECT_EQ(post("[" + Said{"a-2"}.json() + "]").status, 207U)
      << "the place is free again once the answer is there";
}

TEST_F(OverHttp, AlertsThatNeverEndDoNotFillTheMemory) {
  std::atomic<int> refused{0};
  PostOptions options;
  options.body_bytes = 1000;
  options.refused = [&refused](std::string_view reason) {
    if (reason == "overloaded") ++refused;
  };
  start(options);
  {
    HttpConnection slow(server->port());
    slow.send(post_head(60'000, kJson) + "{" + std::string(700, ' '));
    Reply reply;
    do {
      reply = post(std::string(500, ' ') + Said{"a-1"}.json());
    } while (reply.status == 202 || reply.status == 200);  // until the slow one's bytes have come
    EXPECT_EQ(reply.status, 503U);
    EXPECT_THAT(reply.header("Retry-After"), Not(IsEmpty()));
    EXPECT_GE(refused.load(), 1);
  }
  Reply reply;
  do {
    reply = post(Said{"a-2"}.json());
  } while (reply.status == 503);  // until the server has seen the slow one go
  EXPECT_EQ(reply.status, 202U);
}

TEST_F(OverHttp, ADrainEndsABulkBodyAfterWhatWasAccepted) {
  start();
  HttpConnection connection(server->port());
  const std::string line = Said{"a-1"}.json() + "\n";
  connection.send(post_head(line.size() + 100'000, kLines) + line);
  std::size_t durable = 0;
  while (durable < 1) on_core([&] { durable = log.events.size(); });

  core->close();
  connection.send(Said{"a-2"}.json() + "\n");
  const Reply reply = connection.receive();

  EXPECT_EQ(reply.status, 207U);
  const std::vector<std::string> lines = lines_of(reply.body);
  ASSERT_EQ(lines.size(), 2U) << reply.body;
  EXPECT_THAT(lines[0], StartsWith(R"({"index":0,"status":202,)"));
  EXPECT_THAT(lines[1], AllOf(StartsWith(R"({"index":1,"status":503,)"), HasSubstr("draining")));
  EXPECT_EQ(post(Said{"a-3"}.json()).status, 503U);
}

TEST_F(OverHttp, TellsWhetherTheLogIsSeededBeforeDataAreLoaded) {
  log.seeding = true;
  start();

  const Reply reply = get("/v1/status");

  EXPECT_EQ(reply.status, 200U);
  EXPECT_THAT(reply.body, StartsWith(R"({"seeding":true,"head":)"));
}

TEST_F(OverHttp, CountsWhatItDoes) {
  start();
  post(Said{"a-1"}.json(), kJson, key("k"));
  post(Said{"a-1"}.json(), kJson, key("k"));
  post(Said{"a-1"}.json());
  post(Said{"a-2", "theft", "Exercise"}.json());
  on_core([&] { metrics.show(*std::make_unique<IntakeState>(), codes()); });

  const std::string text = registry.expose();

  EXPECT_THAT(text, HasSubstr("lamplight_intake_accepted_total{partner=\"local\"} 2"));
  EXPECT_THAT(text, HasSubstr("lamplight_intake_duplicates_total{kind=\"key\"} 1"));
  EXPECT_THAT(text, HasSubstr("lamplight_intake_duplicates_total{kind=\"reference\"} 1"));
  EXPECT_THAT(text, HasSubstr("lamplight_intake_exercise_total 1"));
  EXPECT_THAT(text, HasSubstr("lamplight_http_requests_total{"));
}

}  // namespace
}  // namespace lamplight::intake::test
