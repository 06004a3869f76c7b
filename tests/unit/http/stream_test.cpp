#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "server_fixture.hpp"

namespace lamplight::http::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

/// What sinks tell their test.
struct Upload {
  Reports<std::string> pieces;
  Reports<std::function<void()>> resumes;
  Reports<std::string> ends;  ///< "end", "abort", then "gone" when the sink is destroyed
  Reports<ResponderPtr> responders;
};

class RecordingSink final : public BodySink {
 public:
  RecordingSink(Upload& upload, bool holds) : upload_(upload), holds_(holds) {}
  ~RecordingSink() override { upload_.ends.add("gone"); }
  RecordingSink(const RecordingSink&) = delete;
  RecordingSink& operator=(const RecordingSink&) = delete;

  void on_data(std::string_view piece, std::function<void()> resume) override {
    upload_.pieces.add(std::string(piece));
    if (holds_) {
      upload_.resumes.add(std::move(resume));
    } else {
      resume();
    }
  }
  void on_end() override { upload_.ends.add("end"); }
  void on_abort() override { upload_.ends.add("abort"); }

 private:
  Upload& upload_;
  bool holds_;
};

class StreamedBodies : public ServerTest {
 protected:
  void start_upload(bool holds) {
    start([this, holds](Server& server) {
      server.route_stream("POST", "/upload", [this, holds](const Request&, ResponderPtr responder) {
        upload_.responders.add(std::move(responder));
        return std::make_unique<RecordingSink>(upload_, holds);
      });
    });
  }
  [[nodiscard]] std::string received() {
    std::string all;
    for (const auto& piece : upload_.pieces.now()) all += piece;
    return all;
  }

  Upload upload_;
};

constexpr std::string_view kChunkedHead =
    "POST /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(StreamedBodies, ArriveInPiecesAndInOrder) {
  start_upload(false);
  std::string body;
  for (int i = 0; i < 30'000; ++i) body += std::to_string(i) + ",";
  RawClient client(port());

  client.send(post("/upload", body));

  EXPECT_THAT(upload_.ends.wait_for(1), ElementsAre("end"));
  EXPECT_EQ(received(), body);
  upload_.responders.wait_for(1).at(0)->answer(text(202, "taken"));
  EXPECT_EQ(client.read_reply().value().body, "taken");
  EXPECT_THAT(upload_.ends.wait_for(2), ElementsAre("end", "gone"));
  client.send(get("/hello"));
  EXPECT_EQ(client.read_reply().value().body, "hello") << "the connection stays usable";
}

TEST_F(StreamedBodies, MayBeEmpty) {
  start_upload(false);
  RawClient client(port());
  client.send(post("/upload", "") + std::string(kChunkedHead) + "0\r\n\r\n");
  EXPECT_THAT(upload_.ends.wait_for(1), ElementsAre("end"));
  upload_.responders.wait_for(1).at(0)->answer(text(200, "one"));
  EXPECT_EQ(client.read_reply().value().body, "one");
  upload_.responders.wait_for(2).at(1)->answer(text(200, "two"));
  EXPECT_EQ(client.read_reply().value().body, "two");
}

TEST_F(StreamedBodies, ComeOnlyAsFastAsTheSinkResumes) {
  start_upload(true);
  RawClient client(port());
  client.send(std::string(kChunkedHead) + "3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");

  auto resumes = upload_.resumes.wait_for(1);
  EXPECT_THAT(upload_.pieces.now(), ElementsAre("abc"));
  std::thread elsewhere(resumes.at(0));
  elsewhere.join();
  resumes = upload_.resumes.wait_for(2);
  EXPECT_THAT(upload_.pieces.now(), ElementsAre("abc", "def"));
  resumes.at(0)();  // of a piece long past: means nothing
  EXPECT_TRUE(upload_.ends.now().empty());
  resumes.at(1)();
  EXPECT_THAT(upload_.ends.wait_for(1), ElementsAre("end"));
}

TEST_F(StreamedBodies, AHeldSinkBlocksTheSenderInsteadOfFillingMemory) {
  start_upload(true);
  RawClient client(port());
  client.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
  const std::string block(64 * 1024, 'x');

  std::size_t sent = 0;
  while (client.wait_writable(200))
    sent += client.send_some(block);  // until the kernel's buffers are full

  EXPECT_LT(sent, 64U << 20) << "what the kernel buffers, and no more";
  ASSERT_EQ(upload_.pieces.now().size(), 1U) << "the rest waits outside the process";
  EXPECT_LE(upload_.pieces.now().at(0).size(), 16384U);

  std::size_t drained = 1;
  while (!client.wait_writable(0)) {
    upload_.resumes.wait_for(drained).at(drained - 1)();
    ++drained;
  }
  EXPECT_GT(drained, 1U) << "resuming lets the sender go on";
}

TEST_F(StreamedBodies, AClientGoneBeforeTheEndIsOneAbort) {
  start_upload(false);
  {
    RawClient client(port());
    client.send(std::string(kChunkedHead) + "3\r\nabc\r\n");
    upload_.pieces.wait_for(1);
    client.reset();
  }
  EXPECT_THAT(upload_.ends.wait_for(2), ElementsAre("abort", "gone"));
  upload_.responders.wait_for(1).at(0)->answer(text(200, "to nobody"));
  EXPECT_EQ(exchange(get("/hello")).body, "hello");
  EXPECT_THAT(upload_.ends.now(), ElementsAre("abort", "gone"));
  EXPECT_EQ(observer_.requests.wait_for(1).at(0).status, 499U);
}

TEST_F(StreamedBodies, AClientGoneWhileHeldIsNoticedOnResume) {
  start_upload(true);
  {
    RawClient client(port());
    client.send(std::string(kChunkedHead) + "3\r\nabc\r\n");
    upload_.resumes.wait_for(1);
    client.reset();
  }
  upload_.resumes.wait_for(1).at(0)();
  EXPECT_THAT(upload_.ends.wait_for(2), ElementsAre("abort", "gone"));
}

TEST_F(StreamedBodies, ATruncatedOneIsAnAbortAndA400) {
  start_upload(false);
  RawClient client(port());
  client.send(std::string(kChunkedHead) + "3\r\nabc\r\n");
  client.close_sending();
  EXPECT_EQ(client.read_reply().value().status, 400U);
  EXPECT_THAT(upload_.ends.wait_for(2), ElementsAre("abort", "gone"));
}

TEST_F(StreamedBodies, ABadChunkIsAnAbortAndA400) {
  start_upload(false);
  RawClient client(port());
  client.send(std::string(kChunkedHead) + "3\r\nabc\r\nzz\r\n");
  EXPECT_EQ(client.read_reply().value().status, 400U);
  EXPECT_THAT(upload_.ends.wait_for(2), ElementsAre("abort", "gone"));
}

TEST_F(StreamedBodies, OneThatStopsArrivingIsAnAbortAndA408) {
  options_.limits.body_timeout_ms = 50;
  start_upload(false);
  RawClient client(port());
  client.send(std::string(kChunkedHead) + "3\r\nabc\r\n");
  EXPECT_EQ(client.read_reply().value().status, 408U);
  EXPECT_THAT(upload_.ends.wait_for(2), ElementsAre("abort", "gone"));
}

TEST_F(StreamedBodies, ASinkThatNeverResumesIsAnAbortAndA503) {
  options_.limits.answer_timeout_ms = 50;
  start_upload(true);
  RawClient client(port());
  client.send(std::string(kChunkedHead) + "3\r\nabc\r\n");
  EXPECT_EQ(client.read_reply().value().status, 503U);
  EXPECT_THAT(upload_.ends.wait_for(2), ElementsAre("abort", "gone"));
  upload_.resumes.wait_for(1).at(0)();
}

TEST_F(StreamedBodies, AnAnswerGivenInOnAbortGoesNowhere) {
  class StubbornSink final : public BodySink {
   public:
    explicit StubbornSink(ResponderPtr responder) : responder_(std::move(responder)) {}
    void on_data(std::string_view /*piece*/, std::function<void()> resume) override { resume(); }
    void on_end() override {}
    void on_abort() override { responder_->answer(text(200, "all is well")); }

   private:
    ResponderPtr responder_;
  };
  start([](Server& server) {
    server.route_stream("POST", "/stubborn", [](const Request&, ResponderPtr responder) {
      return std::make_unique<StubbornSink>(std::move(responder));
    });
  });
  RawClient client(port());
  client.send(
      "POST /stubborn HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
  EXPECT_EQ(client.read_reply().value().status, 400U);
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(StreamedBodies, AnEarlyAnswerEndsTheUploadWithoutAnAbort) {
  start_upload(true);
  RawClient client(port());
  client.send("POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nabc");
  upload_.resumes.wait_for(1);
  upload_.responders.wait_for(1).at(0)->answer(text(422, "enough"));
  EXPECT_TRUE(client.send(std::string(400'000, 'x'))) << "no reset while the client still sends";
  const Reply reply = client.read_reply().value();
  EXPECT_EQ(reply.status, 422U);
  EXPECT_EQ(reply.header("Connection"), "close");
  client.close_sending();
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_THAT(upload_.ends.wait_for(1), ElementsAre("gone"));
}

TEST_F(StreamedBodies, AHandlerMayRefuseBeforeTheBody) {
  start([](Server& server) {
    server.route_stream("POST", "/typed",
                        [](const Request& request, const ResponderPtr& responder) {
                          EXPECT_EQ(request.header("Content-Type"), "text/csv");
                          responder->answer(text(415, "JSON only"));
                          return std::unique_ptr<BodySink>();
                        });
  });
  RawClient client(port());
  client.send(
      "POST /typed HTTP/1.1\r\nHost: h\r\nContent-Type: text/csv\r\nContent-Length: 9\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(client.read_reply().value().status, 415U) << "and no 100 before it";

  RawClient small(port());
  small.send(post("/typed", "body", "Content-Type: text/csv\r\n") + get("/hello"));
  EXPECT_EQ(small.read_reply().value().status, 415U);
  EXPECT_EQ(small.read_reply().value().body, "hello") << "a body already here costs no connection";
}

TEST_F(StreamedBodies, ContinueIsSaidOnceTheHandlerWantsTheBody) {
  start_upload(false);
  RawClient client(port());
  client.send(
      "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_head().value().status, 100U);
  client.send("abc");
  EXPECT_THAT(upload_.ends.wait_for(1), ElementsAre("end"));
  EXPECT_EQ(received(), "abc");
}

class StreamedAnswers : public ServerTest {
 protected:
  void start_streaming() {
    start([this](Server& server) {
      server.route("GET", "/feed", [this](const Request&, ResponderPtr responder) {
        feeds_.add(std::move(responder));
      });
    });
  }
  Reports<ResponderPtr> feeds_;
};

TEST_F(StreamedAnswers, ComeInChunksFromAnyThread) {
  start_streaming();
  RawClient client(port());
  client.send(get("/feed"));
  const ResponderPtr feed = feeds_.wait_for(1).at(0);

  feed->begin(text(200, ""));
  const Reply head = client.read_head().value();
  EXPECT_EQ(head.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(head.header("Content-Length"), "");
  feed->write("one ");
  EXPECT_EQ(client.read_some(), "4\r\none \r\n") << "each piece leaves when it is written";
  feed->write("");
  feed->write("two");
  feed->end();
  std::string rest;
  for (std::string more = "-"; rest.size() < 13 && !more.empty(); rest += more)
    more = client.read_some();
  EXPECT_EQ(rest.substr(0, 13), "3\r\ntwo\r\n0\r\n\r\n");
}

TEST_F(StreamedAnswers, LeaveTheConnectionUsable) {
  start_streaming();
  RawClient client(port());
  client.send(get("/feed") + get("/hello"));
  const ResponderPtr feed = feeds_.wait_for(1).at(0);
  feed->begin(text(200, ""));
  const std::string large(100'000, 'y');
  feed->write("start ");
  feed->write(large);
  feed->end();
  EXPECT_EQ(client.read_reply().value().body, "start " + large);
  EXPECT_EQ(client.read_reply().value().body, "hello");
}

TEST_F(StreamedAnswers, ToHttp10EndWithTheConnection) {
  start_streaming();
  RawClient client(port());
  client.send("GET /feed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const ResponderPtr feed = feeds_.wait_for(1).at(0);
  feed->begin(text(200, ""));
  feed->write("plain");
  feed->end();
  const Reply reply = client.read_reply().value();
  EXPECT_EQ(reply.header("Transfer-Encoding"), "");
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_EQ(reply.body, "plain");
}

TEST_F(StreamedAnswers, ToHeadHaveNoBody) {
  start_streaming();
  RawClient client(port());
  client.send("HEAD /feed HTTP/1.1\r\nHost: h\r\n\r\n" + get("/hello"));
  const ResponderPtr feed = feeds_.wait_for(1).at(0);
  feed->begin(text(200, ""));
  feed->write("unseen");
  feed->end();
  EXPECT_EQ(client.read_head().value().status, 200U);
  EXPECT_EQ(client.read_reply().value().body, "hello");
}

TEST_F(StreamedAnswers, TheQueueIsToldAndDrainsAsTheClientReads) {
  start_streaming();
  RawClient client(port(), 4096);
  client.send(get("/feed"));
  const ResponderPtr feed = feeds_.wait_for(1).at(0);
  feed->begin(text(200, ""));
  const std::string piece(64 * 1024, 'z');
  std::size_t waiting = 0;
  std::size_t written = 0;
  while (waiting < (8U << 20)) {
    waiting = feed->write(piece);
    written += piece.size();
  }
  Reports<int> drained;
  feed->when_below(1U << 20, [&] { drained.add(1); });
  EXPECT_TRUE(drained.now().empty()) << "nobody has read anything";

  std::thread finisher([&] {
    EXPECT_EQ(drained.wait_for(1).size(), 1U);
    feed->end();
  });
  const Reply reply = client.read_reply().value();
  finisher.join();

  EXPECT_EQ(reply.body.size(), written);
  EXPECT_FALSE(reply.cut);
  EXPECT_EQ(drained.now().size(), 1U);
}

TEST_F(StreamedAnswers, WhenBelowIsCalledAtOnceOnAnEmptyQueueAndAfterTheClientHasGone) {
  start_streaming();
  Reports<std::string> called;
  ResponderPtr feed;
  {
    RawClient client(port());
    client.send(get("/feed"));
    feed = feeds_.wait_for(1).at(0);
    feed->begin(text(200, ""));
    feed->when_below(1, [&] { called.add("empty"); });
    EXPECT_THAT(called.wait_for(1), ElementsAre("empty"));
    EXPECT_FALSE(feed->gone());
    client.reset();
  }
  while (!feed->gone()) {  // a write is what notices
    feed->write("ping");
    Reports<int> passed;
    feed->when_below(1, [&] { passed.add(1); });
    passed.wait_for(1);
  }
  EXPECT_EQ(feed->write("more"), 0U);
  feed->when_below(1, [&] { called.add("gone"); });
  EXPECT_THAT(called.wait_for(2), ElementsAre("empty", "gone"));
  feed->end();
}

TEST_F(StreamedAnswers, OneAbandonedHalfWayIsCutSoThatTheClientKnows) {
  start([](Server& server) {
    server.route("GET", "/half", [](const Request&, const ResponderPtr& responder) {
      responder->begin(text(200, ""));
      responder->write("half");
    });
  });
  EXPECT_TRUE(exchange(get("/half")).cut);
}

TEST_F(StreamedAnswers, AProducerThatNeverLooksAtTheQueueIsCut) {
  start_streaming();
  RawClient client(port(), 4096);
  client.send(get("/feed"));
  const ResponderPtr feed = feeds_.wait_for(1).at(0);
  feed->begin(text(200, ""));
  const std::string piece(1U << 20, 'z');
  for (int i = 0; i < 200 && !feed->gone(); ++i) {
    feed->write(piece);
    Reports<int> passed;
    feed->when_below(std::size_t{1} << 40, [&] { passed.add(1); });
    passed.wait_for(1);
  }
  EXPECT_TRUE(feed->gone());
  EXPECT_THAT(observer_.refusals.now(), Contains("send_queue_full"));
}

TEST_F(StreamedAnswers, MayRunBesideTheUploadTheyAnswer) {
  class EchoSink final : public BodySink {
   public:
    explicit EchoSink(ResponderPtr responder) : responder_(std::move(responder)) {
      responder_->begin(text(200, ""));
    }
    void on_data(std::string_view piece, std::function<void()> resume) override {
      responder_->write(std::string(piece));
      responder_->when_below(256 * 1024, std::move(resume));
    }
    void on_end() override { responder_->end(); }
    void on_abort() override {}

   private:
    ResponderPtr responder_;
  };
  start([](Server& server) {
    server.route_stream("POST", "/mirror", [](const Request&, ResponderPtr responder) {
      return std::make_unique<EchoSink>(std::move(responder));
    });
  });
  const std::string body(20U << 20, 'm');
  RawClient client(port());
  std::thread sender([&] { client.send(post("/mirror", body) + get("/hello")); });
  const Reply reply = client.read_reply().value();
  sender.join();
  EXPECT_EQ(reply.body.size(), body.size());
  EXPECT_EQ(client.read_reply().value().body, "hello");
}

}  // namespace
}  // namespace lamplight::http::test
