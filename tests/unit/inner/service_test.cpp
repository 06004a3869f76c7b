// The inner loop in one process with the real bus and a log on disk: asked over the bus, answered there, the same after a
// restart.
#include "inner/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>

#include "base/production_env.hpp"
#include "broker/service.hpp"
#include "bus/client.hpp"
#include "model/alert_description.hpp"
#include "model/inner_descriptions.hpp"
#include "runtime/process.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::inner::test {
namespace {

using ::testing::HasSubstr;

class InnerProcess : public ::testing::Test {
 protected:
  /// What was said on the request at an offset.
  struct Answer {
    Offset offset;
    std::string subject;
    std::string payload;
  };

  InnerProcess() {
    runtime::ConfigSchema schema;
    runtime::declare_process_config(schema);
    broker::declare_config(schema);
    declare_config(schema);
    runtime::ConfigSchema::Sources sources;
    sources.flags = {{"data.folder", place_.path()}, {"log.segment_mib", "1"}};
    config_ = std::make_unique<runtime::Config>(schema.load(sources).value());
    root_ = std::make_unique<runtime::Root>(
        runtime::Root{production_.env(), context_, *config_, registry_, health_,
                      "inproc://lamplight-bus", [](const Error&) {}});
    broker_ = broker::make_broker(*root_);
    LAMPLIGHT_CHECK(broker_->start().ok(), "the broker starts");
    bus::ClientOptions options;
    options.name = "console";
    options.role = bus::Role::kEdge;
    edge_ = bus::connect(context_, production_.env(), "inproc://lamplight-bus", options).value();
    wait_for([this] { return edge_->state().connected; });
    bus::SubscribeOptions wanted;
    wanted.subjects = {"inner.>"};
    edge_->subscribe(wanted, [this](const bus::Delivery& delivery) {
      if (delivery.events == nullptr) return;
      for (const Event& event : *delivery.events) {
        if (event.producer != "inner") continue;
        ++said_;
        last_said_ = event.offset;
        answers_.emplace(event.cause.value, Answer{event.offset, std::string(event.subject),
                                                   std::string(as_text(event.payload))});
      }
    });
  }
  ~InnerProcess() override {
    stop();
    edge_.reset();
    EXPECT_TRUE(broker_->drain().ok());
    broker_.reset();
  }

  void start() {
    inner_ = make_inner(*root_);
    ASSERT_TRUE(inner_->start().ok());
    wait_for([this] { return health_.ready().ok; });
  }
  void stop() {
    if (!inner_) return;
    EXPECT_TRUE(inner_->drain().ok());
    inner_.reset();
  }

  template <typename T>
  Offset publish(const T& said, const Id16& id) {
    MsgpackWriter payload;
    encode(said, payload);
    bus::NewEvent event;
    event.subject = Description<T>::kSubject;
    event.id = id;
    event.payload = payload.bytes();
    std::optional<Offset> offset;
    const auto taken = edge_->publish(event, std::nullopt, [&](const Result<bus::Acked>& acked) {
      offset = acked.value().offset;
    });
    LAMPLIGHT_CHECK(taken.ok(), "the event is taken");
    wait_for([&] { return offset.has_value(); });
    return *offset;
  }
  /// Waits for the event whose cause is that offset.
  const Answer& answer_to(Offset asked) {
    wait_for([&] { return answers_.contains(asked.value); });
    return answers_.at(asked.value);
  }
  Id16 fresh_id() {
    Id16 out;
    out.bytes[0] = 1;
    out.bytes[15] = ++ids_;
    return out;
  }
  Id16 open_case() {
    AlertReceived alert;
    alert.partner = "local";
    alert.partner_ref = "A-1";
    alert.class_code = "dispute";
    alert.category = "dispute";
    alert.area = "wuma";
    alert.reported_at = {edge_->state().bus_time, 480};
    const Id16 id = fresh_id();
    EXPECT_EQ(answer_to(publish(alert, id)).subject, "inner.opened");
    return id;
  }
  template <typename T>
  std::string ask(const Id16& id, T request) {
    request.actor = "officer-a";
    request.case_id = id;
    return answer_to(publish(request, fresh_id())).subject;
  }

  template <typename Condition>
  void wait_for(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      LAMPLIGHT_CHECK(std::chrono::steady_clock::now() < deadline, "it comes to that within 60 s");
      edge_->poll(1'000);
    }
  }

  /// What is exposed of the cases; not of what cut and moment that is.
  std::string figures() {
    std::string out;
    const std::string exposed = registry_.expose();
    for (std::size_t from = 0; from < exposed.size();) {
      const std::size_t to = exposed.find('\n', from);
      const std::string line = exposed.substr(from, to - from);
      from = to + 1;
      const bool ours = line.starts_with("lamplight_inner_") ||
                        line.starts_with("lamplight_requests_refused_total");
      if (ours && !line.starts_with("lamplight_inner_figures_")) out += line + '\n';
    }
    return out;
  }
  double figure(const std::string& name) {
    const std::string exposed = registry_.expose();
    const std::size_t at = exposed.find('\n' + name + ' ');
    return at == std::string::npos ? -1 : std::stod(exposed.substr(at + name.size() + 2));
  }

  std::size_t said_ = 0;
  Offset last_said_;
  runtime::Registry registry_;

 private:
  ProductionEnv production_;
  lamplight::test::TemporaryFolder place_;
  bus::Context context_;
  runtime::Health health_;
  std::unique_ptr<runtime::Config> config_;
  std::unique_ptr<runtime::Root> root_;
  std::unique_ptr<runtime::Service> broker_;
  std::unique_ptr<bus::Client> edge_;
  std::unique_ptr<runtime::Service> inner_;
  std::map<std::uint64_t, Answer> answers_;
  std::uint8_t ids_ = 0;
};

TEST_F(InnerProcess, AnswersEachRequestWithTheEventWhoseCauseIsIts) {
  start();
  const Id16 id = open_case();
  EXPECT_EQ(ask(id, FeedbackSubmitted{}), "inner.refused");
  EXPECT_EQ(ask(id, SettlementSubmitted{}), "inner.settled_on_spot");
  AssessmentSubmitted assessment;
  assessment.risk = "residual";
  EXPECT_EQ(ask(id, assessment), "inner.assessed");
  EXPECT_EQ(ask(id, DispatchSubmitted{}), "inner.dispatched");
}

TEST_F(InnerProcess, GoesOnAfterARestartAndSaysNothingTwice) {
  start();
  const Id16 id = open_case();
  EXPECT_EQ(ask(id, SettlementSubmitted{}), "inner.settled_on_spot");
  stop();
  const std::size_t before = said_;
  start();
  AssessmentSubmitted assessment;
  assessment.risk = "none";
  EXPECT_EQ(ask(id, assessment), "inner.assessed");
  EXPECT_EQ(said_, before + 1);
}

TEST_F(InnerProcess, WhatWasAskedWhileItWasAwayIsAnsweredWhenItIsBack) {
  start();
  const Id16 id = open_case();
  stop();
  SettlementSubmitted settlement;
  settlement.actor = "officer-a";
  settlement.case_id = id;
  const Offset asked = publish(settlement, fresh_id());
  start();
  EXPECT_EQ(answer_to(asked).subject, "inner.settled_on_spot");
}

TEST_F(InnerProcess, ShowsItsCasesAsGauges) {
  start();
  open_case();
  std::string exposed;
  wait_for([&] {
    exposed = registry_.expose();
    return exposed.find(
               R"(lamplight_inner_cases{state="settlement",area="wuma",severity="medium"} 1)") !=
           std::string::npos;
  });
  const auto at = exposed.find("\nlamplight_inner_figures_offset ");
  ASSERT_NE(at, std::string::npos);
  const auto offset = static_cast<std::uint64_t>(
      std::stod(exposed.substr(at + std::string("\nlamplight_inner_figures_offset ").size())));
  EXPECT_GE(offset, last_said_.value) << "where the frame of that decision lies";
}

TEST_F(InnerProcess, ARestartChangesNoFigure) {
  start();
  const Id16 id = open_case();
  EXPECT_EQ(ask(id, FeedbackSubmitted{}), "inner.refused");
  EXPECT_EQ(ask(id, SettlementSubmitted{}), "inner.settled_on_spot");
  wait_for(
      [&] { return figures().find(R"(step="settlement",le="+Inf"} 1)") != std::string::npos; });
  const std::string before = figures();
  EXPECT_THAT(before, HasSubstr(R"(reason="illegal_move"} 1)"));
  stop();
  start();
  wait_for([&] { return figures() != ""; });
  EXPECT_EQ(figures(), before);
}

TEST_F(InnerProcess, WithoutEventsItsFiguresAreStillOfThisMoment) {
  start();
  open_case();
  wait_for([&] { return figure("lamplight_inner_figures_timestamp_seconds") > 0; });
  const double before = figure("lamplight_inner_figures_timestamp_seconds");
  wait_for([&] { return figure("lamplight_inner_figures_timestamp_seconds") > before + 4; });
}

}  // namespace
}  // namespace lamplight::inner::test
