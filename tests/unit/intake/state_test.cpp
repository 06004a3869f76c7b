#include "bench.hpp"
#include "intake/metrics.hpp"

namespace lamplight::intake::test {
namespace {

class State : public PublisherBench {
 protected:
  std::string saved() const {
    runtime::SnapshotWriter out;
    state->save(out);
    return out.buffer();
  }
};

TEST_F(State, ReplayAndSnapshotGiveTheSameBytes) {
  const Item first = post({"a-1"}, "k");
  post({"c-1", "robbery", "Actual", R"(,"corrects":")" + to_uuid(first.id) + '"'});
  post({"w-1", "theft", "Test", R"(,"withdraws":")" + to_uuid(first.id) + '"'}, "k2", "south");
  for (int i = 0; i < 3000; ++i)
    send({"b-" + std::to_string(i), "theft", i % 2 == 0 ? "Actual" : "Exercise"});
  acknowledge();
  fold();
  const std::string live = saved();

  restart_from_snapshot();
  EXPECT_EQ(saved(), live);
  restart_from_replay();
  EXPECT_EQ(saved(), live);
  EXPECT_EQ(state->size(), 3002U) << "the withdrawal of another partner's alert was refused";
}

TEST_F(State, ATornSnapshotIsNeverTaken) {
  post({"a-1"}, "k");
  post({"a-2"});
  const std::string whole = saved();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    IntakeState fresh;
    runtime::SnapshotReader in(as_bytes(std::string_view(whole).substr(0, size)));
    fresh.load(in);
    EXPECT_FALSE(in.ok()) << size;
  }
}

TEST_F(State, CountsEveryClassAndTheGaugeNamesThoseThatAreListed) {
  for (int i = 0; i < 20; ++i) {
    Said said{"r-" + std::to_string(i)};
    std::string json = said.json();
    json.replace(json.find("criminal"), 8, "class_" + std::to_string(i));
    auto batch = std::make_shared<Batch>();
    read_item(reader, json, {}, "local", *batch);
    publisher->submit(batch, 0);
    advance();
    done(batch);
  }

  post({"listed"});
  ASSERT_EQ(state->counts().size(), 21U);
  EXPECT_EQ(state->counts().at("class_7")[0], 1U);

  const ClassCounts shown = counts_by_label(state->counts(), CodeLists::builtin().value());
  EXPECT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown.at("other")[0], 20U);
  EXPECT_EQ(shown.at("criminal")[0], 1U);
}

TEST_F(State, AnUnreadablePayloadIsCountedAndChangesNothingElse) {
  Event event;
  event.subject = kAlertReceived;
  event.payload = as_bytes("nonsense");
  event.offset = {1};
  state->evolve(event);

  EXPECT_EQ(state->unreadable(), 1U);
  EXPECT_EQ(state->size(), 0U);
}

TEST_F(State, FindsEveryAlertAmongMany) {
  std::vector<BatchPtr> sent;
  sent.reserve(5000);
  for (int i = 0; i < 5000; ++i)
    sent.push_back(send({"r-" + std::to_string(i)}, "k" + std::to_string(i)));
  acknowledge();
  fold();

  for (const BatchPtr& batch : sent) {
    const Item& item = batch->items[0];
    ASSERT_EQ(item.outcome, Outcome::kAccepted);
    ASSERT_EQ(state->by_id(item.id)->offset, item.offset);
    ASSERT_EQ(state->by_reference(item.reference)->offset, item.offset);
    ASSERT_EQ(state->by_key(item.key)->offset, item.offset);
  }
  EXPECT_EQ(state->by_id(Id16{}), nullptr);
}

TEST(SecretNames, DifferByKeyAndByPart) {
  const Secret one{std::array<std::uint8_t, 32>{1}};
  const Secret two{std::array<std::uint8_t, 32>{2}};

  EXPECT_EQ(one.reference("p", "r"), one.reference("p", "r"));
  EXPECT_NE(one.reference("p", "r"), two.reference("p", "r"));
  EXPECT_NE(one.reference("pr", ""), one.reference("p", "r")) << "parts do not run into each other";
}

}  // namespace
}  // namespace lamplight::intake::test
