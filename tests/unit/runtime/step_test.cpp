// A step without a bus: what is decided, checked, encoded and evolved.
#include "runtime/step.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lamplight::runtime {
namespace {

/// Adds up the numbers it is given and says the sum; writes down what evolve saw.
class Adder final : public Decider {
 public:
  void evolve(const Event& event) override { seen.push_back(copy(event)); }
  void decide(const Event& input, Outbox& out) const override {
    for (const std::string& subject : says) out.add(subject, schema, input.payload);
  }
  void save(SnapshotWriter&) const override {}
  void load(SnapshotReader&) override {}
  std::uint32_t newest_schema(std::string_view own_subject) const override {
    return own_subject == "adder.untold" ? 0 : 3;
  }
  std::uint32_t state_version() const override { return 1; }
  std::uint32_t rules_version() const override { return 1; }

  struct Seen {
    std::string subject;
    std::string producer;
    std::string payload;
    Id16 id;
    Offset offset;
    Offset cause;
    TimeUs time;
    std::uint32_t schema = 0;
  };
  static Seen copy(const Event& event) {
    return {std::string(event.subject),
            std::string(event.producer),
            std::string(as_text(event.payload)),
            event.id,
            event.offset,
            event.cause,
            event.time,
            event.schema};
  }
  std::vector<std::string> says;
  std::uint32_t schema = 3;
  std::vector<Seen> seen;
};

class StepTest : public testing::Test {
 protected:
  Event input() {
    Event event;
    event.subject = "adder.asked";
    event.producer = "adder/edge";
    event.payload = as_bytes("seven");
    event.offset = {40};
    event.time = {5'000};
    event.epoch = 0;
    return event;
  }
  Adder adder_;
  Outbox out_{"adder", {"adder.*"}};
};

TEST_F(StepTest, OutputsEvolveBehindTheirCauseWithItsTimeAndNoPlace) {
  adder_.says = {"adder.added", "adder.told"};

  ASSERT_TRUE(run_step(adder_, input(), out_));

  ASSERT_EQ(adder_.seen.size(), 3U);
  EXPECT_EQ(adder_.seen[0].offset, Offset{40});
  const Adder::Seen& told = adder_.seen[2];
  EXPECT_EQ(told.subject, "adder.told");
  EXPECT_EQ(told.producer, "adder");
  EXPECT_EQ(told.payload, "seven");
  EXPECT_EQ(told.offset, Offset{});
  EXPECT_EQ(told.cause, Offset{40});
  EXPECT_EQ(told.time, TimeUs{5'000});
  EXPECT_EQ(told.schema, 3U);
  EXPECT_EQ(told.id, output_id("adder", Offset{40}, 1));
}

TEST_F(StepTest, ADecisionMadeTwiceIsTheSameBytes) {
  adder_.says = {"adder.added", "adder.told"};
  ASSERT_TRUE(run_step(adder_, input(), out_));
  const std::string once(as_text(out_.encoded()));
  ASSERT_TRUE(run_step(adder_, input(), out_));
  EXPECT_EQ(as_text(out_.encoded()), once);
  EXPECT_EQ(out_.count(), 2U);
}

TEST(OutputId, DiffersByServiceCauseAndIndexAndIsAUuid) {
  const Id16 id = output_id("adder", Offset{40}, 1);
  EXPECT_NE(id, output_id("adder2", Offset{40}, 1));
  EXPECT_NE(id, output_id("adder", Offset{41}, 1));
  EXPECT_NE(id, output_id("adder", Offset{40}, 2));
  EXPECT_EQ(to_uuid(id)[14], '8');
  EXPECT_NE(std::string("89ab").find(to_uuid(id)[19]), std::string::npos);
}

TEST_F(StepTest, WhatBreaksARuleIsAFaultThatNamesIt) {
  const auto fault_of = [this](std::vector<std::string> says) {
    adder_.says = std::move(says);
    const auto done = run_step(adder_, input(), out_);
    return done ? std::string("none") : done.error().message();
  };
  EXPECT_EQ(fault_of({"adder.added"}), "none");
  EXPECT_NE(fault_of({"adder.added", "inner.assessed"}).find("output 1 on offset 40"),
            std::string::npos);
  EXPECT_NE(fault_of({"Adder.added"}).find("no subject"), std::string::npos);
  EXPECT_NE(fault_of({"control.adder.started"}).find("may not publish"), std::string::npos);
  EXPECT_NE(fault_of(std::vector<std::string>(kMaxStepOutputs + 1, "adder.added")).find("4096"),
            std::string::npos);
}

TEST_F(StepTest, AnOutputThatEvolveDoesNotReadIsAFault) {
  adder_.says = {"adder.untold"};
  const auto untold = run_step(adder_, input(), out_);
  ASSERT_FALSE(untold);
  EXPECT_NE(untold.error().message().find("adder.untold with schema 3"), std::string::npos);

  adder_.says = {"adder.added"};
  adder_.schema = 4;
  const auto newer = run_step(adder_, input(), out_);
  ASSERT_FALSE(newer);
  EXPECT_NE(newer.error().message().find("evolve reads up to 3"), std::string::npos);
}

TEST(Outbox, TellsBeforehandWhatFits) {
  Outbox out("adder", {"adder.>"});
  out.begin(Offset{1});
  const std::string large(kMaxEventBytes - 200, 'x');
  EXPECT_FALSE(out.fits("adder.added", kMaxEventBytes));
  std::uint32_t taken = 0;
  while (out.fits("adder.added", large.size())) {
    out.add("adder.added", 1, as_bytes(large));
    ++taken;
  }
  EXPECT_FALSE(out.fault());
  EXPECT_EQ(taken, 3U);
  EXPECT_LE(out.encoded().size(), kMaxStepBytes);
  EXPECT_TRUE(out.fits("adder.added", 1000));
  out.add("adder.added", 1, as_bytes(large));
  EXPECT_TRUE(out.fault());
}

}  // namespace
}  // namespace lamplight::runtime
