#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "server_fixture.hpp"

namespace lamplight::http::test {
namespace {

using ::testing::ElementsAre;

class GracefulStop : public ServerTest {
 protected:
  void start_slow() {
    start([this](Server& server) {
      server.route("POST", "/slow", [this](const Request&, ResponderPtr responder) {
        slow_.add(std::move(responder));
      });
    });
  }
  Reports<ResponderPtr> slow_;
};

TEST_F(GracefulStop, FinishesWhatIsUnderWayAndClosesIdleOnes) {
  options_.threads = 2;
  start_slow();
  RawClient idle(port());
  idle.send(get("/hello"));
  idle.read_reply();
  RawClient busy(port());
  busy.send(post("/slow", "x"));
  const ResponderPtr responder = slow_.wait_for(1).at(0);

  std::thread stopper([&] { server_->stop(10'000); });
  EXPECT_TRUE(idle.is_closed_by_server());  // so stopping has begun
  responder->answer(text(200, "finished"));

  const Reply reply = busy.read_reply().value();
  EXPECT_EQ(reply.body, "finished");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(busy.is_closed_by_server());
  stopper.join();
}

TEST_F(GracefulStop, TakesNoNewConnections) {
  start();
  const std::uint16_t was = port();
  server_->stop(1000);
  ServerOptions again;
  again.port = was;
  const auto second = make_server(again);
  EXPECT_TRUE(second->start().ok()) << "the port is free again";
  second->stop(0);
}

TEST_F(GracefulStop, CutsWhatIsNotFinishedInTime) {
  start_slow();
  RawClient busy(port());
  busy.send(post("/slow", "x"));
  const ResponderPtr responder = slow_.wait_for(1).at(0);

  server_->stop(20);

  EXPECT_FALSE(busy.read_reply().has_value());
  EXPECT_TRUE(responder->gone());
  responder->answer(text(200, "late"));
}

TEST_F(GracefulStop, AbortsUploadsThatAreNotFinishedInTime) {
  class Sink final : public BodySink {
   public:
    explicit Sink(Reports<std::string>& heard) : heard_(heard) {}
    void on_data(std::string_view, std::function<void()> resume) override {
      heard_.add("data");
      resume();
    }
    void on_end() override { heard_.add("end"); }
    void on_abort() override { heard_.add("abort"); }

   private:
    Reports<std::string>& heard_;
  };
  Reports<std::string> heard;
  Reports<ResponderPtr> kept;
  start([&](Server& server) {
    server.route_stream("POST", "/upload", [&](const Request&, ResponderPtr responder) {
      kept.add(std::move(responder));
      return std::make_unique<Sink>(heard);
    });
  });
  RawClient client(port());
  client.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  heard.wait_for(1);

  server_->stop(20);

  EXPECT_THAT(heard.now(), ElementsAre("data", "abort"));
}

TEST_F(GracefulStop, RespondersMayOutliveTheServer) {
  start_slow();
  RawClient client(port());
  client.send(post("/slow", "x"));
  ResponderPtr responder = slow_.wait_for(1).at(0);
  slow_.take_all();
  server_->stop(0);
  server_.reset();

  EXPECT_TRUE(responder->gone());
  bool drained = false;
  responder->begin(text(200, ""));
  EXPECT_EQ(responder->write("x"), 0U);
  responder->when_below(1, [&] { drained = true; });
  EXPECT_TRUE(drained);
  responder.reset();
}

TEST_F(GracefulStop, MayBeCalledTwiceAndWithoutAStart) {
  start();
  server_->stop(100);
  server_->stop(100);
  const auto never_started = make_server({});
  never_started->stop(100);
}

}  // namespace
}  // namespace lamplight::http::test
