#include "over_http.hpp"

#include <set>

/// What holds for alerts holds for every report: the same road, with names of its own for each kind.
namespace lamplight::intake::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// A report as partners send it, and how it can be wrong.
struct Form {
  Kind kind;
  std::string said;     ///< members behind partner_ref, status and reported_at, each led by a comma
  std::string other;    ///< the same with other words
  std::string broken;   ///< and with a broken rule
  std::string pointer;  ///< of the field that breaks it
};

std::string said_at(std::string_view field) {
  return ",\"" + std::string(field) + R"(":"2024-05-01T07:00:00+08:00")";
}

const Form kForms[] = {
    {Kind::kClearanceOrder,
     R"(,"clearance":"qc-16","campaign":"summer","action":"plan","number":16,"units":["wuma","lucheng"],)"
     R"("shifts":["night"],"from":"2030-01-01T20:00:00+08:00","until":"2030-01-02T04:00:00+08:00")",
     R"(,"clearance":"qc-16","action":"open")", R"(,"clearance":"qc-16","action":"begin")",
     "/action"},
    {Kind::kClearanceReport,
     R"(,"clearance":"qc-16","unit":"wuma","shift":"night","counts":[{"what":"police","n":40},)"
     R"({"what":"site","kind":"hotel","result":"passed","n":12,"bound":"at_least"}])" +
         said_at("happened_at"),
     R"(,"clearance":"qc-16","unit":"wuma","counts":[{"what":"police","n":41}])" +
         said_at("happened_at"),
     R"(,"clearance":"qc-16","unit":"wuma","counts":[{"what":"police","n":-1}])" +
         said_at("happened_at"),
     "/counts/0/n"},
    {Kind::kCaseResult,
     R"(,"case":"A-2024-17","unit":"wuma","category":"theft","stages":{"filed":"2024-05-01T06:00:00+08:00"})" +
         said_at("happened_at"),
     R"(,"case":"A-2024-17","unit":"wuma","category":"robbery")" + said_at("happened_at"),
     R"(,"unit":"wuma","category":"theft")" + said_at("happened_at"), "/case"},
    {Kind::kPersonResult,
     R"(,"person":"p7Kq0Zr_81mWt4Xn","person_scope":"district","case":"A-2024-17","unit":"wuma",)"
     R"("category":"theft","outcomes":["detained"])" +
         said_at("happened_at"),
     R"(,"person":"p7Kq0Zr_81mWt4Xn","person_scope":"district","unit":"wuma","category":"theft",)"
     R"("outcomes":["arrested"])" +
         said_at("happened_at"),
     R"(,"person":"13812345678","person_scope":"district","unit":"wuma","category":"theft")" +
         said_at("happened_at"),
     "/person"},
    {Kind::kHazard,
     R"(,"hazard":"h-9","state":"found","kind":"fire_exit","unit":"wuma","due_at":"2030-01-01T00:00:00+08:00")" +
         said_at("happened_at"),
     R"(,"hazard":"h-9","state":"rectified","unit":"wuma")" + said_at("happened_at"),
     R"(,"hazard":"h-9","state":"gone","unit":"wuma")" + said_at("happened_at"), "/state"},
    {Kind::kDeclaredFigure,
     R"(,"campaign":"summer","figure":"cases","role":"baseline","n":702,"bound":"at_least")" +
         said_at("as_of"),
     R"(,"campaign":"summer","figure":"cases","role":"baseline","n":502)" + said_at("as_of"),
     R"(,"campaign":"summer","figure":"cases","role":"baseline","n":"702")" + said_at("as_of"),
     "/n"},
};

std::string report(const std::string& ref, const std::string& members) {
  return R"({"partner_ref":")" + ref +
         R"(","status":"Actual","reported_at":"2024-05-01T08:00:00+08:00")" + members + "}";
}
std::string withdrawal(const std::string& ref, const std::string& named) {
  return report(ref, R"(,"withdraws":")" + named + '"');
}

class Reports : public OverHttp, public testing::WithParamInterface<Form> {
 protected:
  [[nodiscard]] const Form& form() const { return GetParam(); }
  [[nodiscard]] std::string path() const { return url_of(form().kind); }
  Reply send(const std::string& body, std::string_view type = kJson, std::string_view extra = {}) {
    return post_to(path(), body, type, extra);
  }
  [[nodiscard]] std::string good(const std::string& ref) const { return report(ref, form().said); }
  [[nodiscard]] std::string other(const std::string& ref) const {
    return report(ref, form().other);
  }
};

INSTANTIATE_TEST_SUITE_P(OfEveryKind, Reports, testing::ValuesIn(kForms), [](const auto& form) {
  std::string name(info_of(form.param.kind).name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST_P(Reports, AreAnsweredWithTheirPlaceOnTheLogAndReadBack) {
  start();

  const Reply reply = send(good("r-1"));
  const std::string id = to_uuid(log.events.at(0).id);
  const Reply found = get(path() + "/" + id);

  EXPECT_EQ(reply.status, 202U) << reply.body;
  EXPECT_EQ(reply.header("Location"), path() + "/" + id);
  EXPECT_THAT(reply.body, StartsWith(R"({"id":")" + id + R"(","offset":1,"received_at":")"));
  EXPECT_EQ(log.events[0].subject, info_of(form().kind).subject);
  EXPECT_EQ(found.status, 200U) << found.body;
  EXPECT_THAT(found.body, StartsWith(R"({"id":")" + id + R"(","offset":1,)"));
  EXPECT_THAT(found.body, HasSubstr(R"("partner":"local","partner_ref":"r-1","status":"Actual",)"));
  // Every member comes back as it was sent.
  for (std::size_t at = 0; at != std::string::npos; at = form().said.find(",\"", at + 1)) {
    const std::size_t end = form().said.find_first_of(",[{", at + 1);
    EXPECT_THAT(found.body, HasSubstr(form().said.substr(at + 1, end - at - 1)));
  }
}

TEST_P(Reports, ThatBreakARuleAreRefusedByFieldAndLeaveNothing) {
  start();

  const Reply reply = send(report("r-1", form().broken));

  EXPECT_EQ(reply.status, 422U) << reply.body;
  EXPECT_THAT(reply.body, AllOf(HasSubstr("urn:lamplight:problem:broken_rules"),
                                HasSubstr(R"("pointer":")" + form().pointer + '"')));
  EXPECT_TRUE(log.events.empty());
}

TEST_P(Reports, ThatAreRepeatedAreAnsweredByTheRulesOfAlerts) {
  start();
  const Reply first = send(good("r-1"), kJson, key("k"));
  ASSERT_EQ(first.status, 202U) << first.body;

  const Reply same = send(good("r-1"), kJson, key("k"));
  const Reply reused = send(good("r-2"), kJson, key("k"));
  const Reply duplicate = send(good("r-1"));
  const Reply conflict = send(other("r-1"));

  const std::string id = to_uuid(log.events[0].id);
  EXPECT_EQ(same.status, 202U);
  EXPECT_EQ(same.body, first.body);
  EXPECT_EQ(reused.status, 422U);
  EXPECT_THAT(reused.body, HasSubstr("urn:lamplight:problem:key_reused"));
  EXPECT_EQ(duplicate.status, 200U);
  EXPECT_THAT(duplicate.body, HasSubstr(R"("duplicate_of":{"id":")" + id + R"(","offset":1})"));
  EXPECT_EQ(duplicate.header("Location"), path() + "/" + id);
  EXPECT_EQ(conflict.status, 409U);
  EXPECT_THAT(conflict.body, HasSubstr(id));
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_P(Reports, StayRepeatsAfterARestart) {
  start();
  const Reply first = send(good("r-1"), kJson, key("k"));
  ASSERT_EQ(first.status, 202U) << first.body;

  restart();

  EXPECT_EQ(send(good("r-1"), kJson, key("k")).body, first.body);
  EXPECT_EQ(send(good("r-1")).status, 200U);
  EXPECT_EQ(send(other("r-1")).status, 409U);
  EXPECT_EQ(send(good("r-2"), kJson, key("k")).status, 422U);
  EXPECT_EQ(get(first.header("Location")).status, 200U);
  EXPECT_THAT(log.events, SizeIs(1));
}

TEST_P(Reports, MayBeCorrectedAndWithdrawnBeforeTheyCome) {
  start();
  std::string correction = other("c-1");
  correction.insert(correction.size() - 1, R"(,"corrects":"r-1")");

  EXPECT_EQ(send(correction).status, 202U);
  EXPECT_EQ(send(withdrawal("w-1", "c-1")).status, 202U);
  EXPECT_EQ(send(good("r-1")).status, 202U);
  EXPECT_EQ(send(withdrawal("w-1", "c-1")).status, 200U) << "a withdrawal sent twice is no error";
  EXPECT_THAT(log.events, SizeIs(3));
  const Reply found = get(path() + "/" + to_uuid(log.events[1].id));
  EXPECT_THAT(found.body, HasSubstr(R"("withdraws":"c-1")"));
}

TEST_P(Reports, CannotCorrectOrWithdrawThemselves) {
  start();
  std::string correction = good("r-1");
  correction.insert(correction.size() - 1, R"(,"corrects":"r-1")");

  const Reply corrects = send(correction);
  const Reply withdraws = send(withdrawal("r-1", "r-1"));

  EXPECT_EQ(corrects.status, 422U);
  EXPECT_THAT(corrects.body, HasSubstr(R"("pointer":"/corrects","rule":"refers_to_itself")"));
  EXPECT_EQ(withdraws.status, 422U);
  EXPECT_THAT(withdraws.body, HasSubstr(R"("pointer":"/withdraws","rule":"refers_to_itself")"));
  EXPECT_TRUE(log.events.empty());
}

TEST_P(Reports, OfABatchAreAnsweredOneByOneAndABadOneCostsOnlyItself) {
  start();
  const std::string bad = report("r-9", form().broken);

  const Reply array =
      send("[" + good("r-1") + "," + bad + "," + good("r-1") + "]", kJson, key("k"));
  const Reply again =
      send("[" + good("r-1") + "," + bad + "," + good("r-1") + "]", kJson, key("k"));
  const Reply lines = send(other("r-1") + "\n" + good("r-2") + "\nnonsense\n", kLines);

  const std::vector<std::string> in_array = lines_of(array.body);
  ASSERT_THAT(in_array, SizeIs(5)) << array.body;
  EXPECT_THAT(in_array[1], StartsWith(R"({"index":0,"status":202,)"));
  EXPECT_THAT(in_array[2], AllOf(StartsWith(R"({"index":1,"status":422,"problem":{)"),
                                 HasSubstr(form().pointer)));
  EXPECT_THAT(in_array[3], StartsWith(R"({"index":2,"status":200,)"));
  EXPECT_EQ(lines_of(again.body)[1], in_array[1]);
  const std::vector<std::string> in_lines = lines_of(lines.body);
  ASSERT_THAT(in_lines, SizeIs(3)) << lines.body;
  EXPECT_THAT(in_lines[0], StartsWith(R"({"index":0,"status":409,)"));
  EXPECT_THAT(in_lines[1], StartsWith(R"({"index":1,"status":202,)"));
  EXPECT_THAT(in_lines[2], StartsWith(R"({"index":2,"status":400,)"));
  EXPECT_THAT(log.events, SizeIs(2));
}

TEST_P(Reports, AreFoundUnderTheirOwnPathAlone) {
  start();
  send(good("r-1"));
  const std::string id = to_uuid(log.events.at(0).id);

  for (const KindInfo& info : kinds()) {
    const Reply found = get(url_of(info.kind) + "/" + id);
    EXPECT_EQ(found.status, info.kind == form().kind ? 200U : 404U) << info.name;
  }
}

TEST_P(Reports, CannotTellOfWhatHasYetToHappen) {
  start();
  std::string late = good("r-1");
  const std::string_view now = "2024-05-01T08";
  late.replace(late.find(now), now.size(), "2098-05-01T08");

  const Reply reply = send(late);

  EXPECT_EQ(reply.status, 422U);
  EXPECT_THAT(reply.body, HasSubstr(R"("pointer":"/reported_at","rule":"in_future")"));
  EXPECT_EQ(send(good("r-1")).status, 202U) << "plans and deadlines may lie ahead";
}

class AllKinds : public OverHttp {
 protected:
  void send_one_of_each(const std::string& ref) {
    EXPECT_EQ(post(Said{ref}.json(), kJson, key(ref)).status, 202U);
    for (const Form& form : kForms) {
      const Reply reply = post_to(url_of(form.kind), report(ref, form.said), kJson, key(ref));
      EXPECT_EQ(reply.status, 202U) << reply.body;
    }
  }
};

TEST_F(AllKinds, HaveReferencesAndKeysOfTheirOwn) {
  start();

  send_one_of_each("r-1");

  EXPECT_THAT(log.events, SizeIs(kKinds));
  std::set<Id16> names;
  for (const Stored& event : log.events) names.insert(*event.dedupe);
  EXPECT_THAT(names, SizeIs(kKinds)) << "the bus, too, must tell them apart";
}

TEST_F(AllKinds, AnAlertCannotCorrectAReport) {
  start();
  post_to("/v1/hazards", report("r-1", kForms[4].said));
  const std::string id = to_uuid(log.events.at(0).id);

  const Reply reply = post(Said{"a-1", "theft", "Actual", R"(,"corrects":")" + id + '"'}.json());

  EXPECT_EQ(reply.status, 422U);
  EXPECT_THAT(reply.body, HasSubstr(R"("rule":"unknown_alert")"));
}

TEST_F(AllKinds, AreCountedByKindAndStatus) {
  start();
  send_one_of_each("r-1");
  std::string exercise = report("x-1", kForms[4].said);
  exercise.replace(exercise.find("Actual"), 6, "Exercise");
  post_to("/v1/hazards", exercise);
  restart();

  on_core([&] {
    IntakeState state;
    for (const Stored& event : log.events) state.evolve(log.view(event));
    metrics.show(state, codes());
  });

  const std::string text = registry.expose();
  EXPECT_THAT(text,
              HasSubstr("lamplight_intake_reports{kind=\"case-result\",status=\"Actual\"} 1"));
  EXPECT_THAT(text, HasSubstr("lamplight_intake_reports{kind=\"hazard\",status=\"Actual\"} 1"));
  EXPECT_THAT(text, HasSubstr("lamplight_intake_reports{kind=\"hazard\",status=\"Exercise\"} 1"));
  EXPECT_THAT(text, Not(HasSubstr("kind=\"alert\"")));
  EXPECT_THAT(text, HasSubstr("lamplight_intake_alerts{class=\"criminal\",status=\"Actual\"} 1"));
}

class StateOfAllKinds : public PublisherBench {};

TEST_F(StateOfAllKinds, ReplayAndSnapshotGiveTheSameBytes) {
  for (const Form& form : kForms) {
    auto batch = std::make_shared<Batch>();
    batch->kind = form.kind;
    read_item(reader, report("r-1", form.said), "k", "local", *batch);
    ASSERT_EQ(batch->items.front().outcome, Outcome::kOpen) << info_of(form.kind).name;
    publisher->submit(batch, clock.now_us);
    advance();
    EXPECT_EQ(done(batch).outcome, Outcome::kAccepted);
  }
  post({"a-1"}, "k");
  const auto saved = [this] {
    runtime::SnapshotWriter out;
    state->save(out);
    return out.buffer();
  };
  const std::string live = saved();

  restart_from_snapshot();
  EXPECT_EQ(saved(), live);
  restart_from_replay();
  EXPECT_EQ(saved(), live);
  EXPECT_EQ(state->size(), kKinds);
}

/// Logs are full of these names: another one would take every repeat as new.
TEST(NamesOfAlerts, AreWhatTheyWereBeforeThereWereReports) {
  EXPECT_EQ(secret().reference(Kind::kAlert, "local", "a-1"), secret().reference("local", "a-1"));
  EXPECT_EQ(secret().key(Kind::kAlert, "local", "k"), secret().name({"key", "local", "k"}));
  EXPECT_EQ(secret().key(Kind::kAlert, "local", "k", 7),
            secret().name({"item", "local", "k", "7"}));
}

/// The digest and the key's name that the version before reports put on a log.
TEST(NamesOfAlerts, AndDigestsAreThoseOfLogsWrittenBefore) {
  ItemReader reader(codes(), secret());
  Batch batch;
  read_item(reader, Said{"a-1"}.json(), "k", "local", batch);

  EXPECT_EQ(to_uuid(batch.items.at(0).digest), "9ab02f87-b584-2ae7-829f-7987b5ea15cf");
  EXPECT_EQ(to_uuid(batch.items.at(0).key), "1853c4d6-36b0-4600-046b-3f6892778c05");
}

}  // namespace
}  // namespace lamplight::intake::test
