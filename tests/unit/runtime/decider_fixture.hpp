#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "client_fixture.hpp"
#include "fakes.hpp"
#include "runtime/decider_host.hpp"
#include "support/ledger.hpp"
#include "support/ledger_history.hpp"

namespace lamplight::runtime::testing {

using test::Ledger;

/// The client of a test's line: what is asked goes into the core, what comes is moved by the fixture.
class LineClient final : public bus::Client {
 public:
  explicit LineClient(std::unique_ptr<bus::test::Line> line, std::function<void()> on_end = {})
      : line_(std::move(line)), on_end_(std::move(on_end)) {}
  ~LineClient() override {
    if (on_end_) on_end_();
  }
  LineClient(const LineClient&) = delete;
  LineClient& operator=(const LineClient&) = delete;
  bus::test::Line& line() { return *line_; }

  Result<void> publish(const bus::NewEvent& event, std::optional<TimeUs> time,
                       bus::AckCallback done) override {
    return line_->core().publish(event, time, std::move(done));
  }
  Result<void> publish_frame(const bus::DecidedFrame& frame, bus::FrameCallback done) override {
    bus::DecidedFrame sent = frame;
    if (const auto how = spoil) how(sent);
    return line_->core().publish_frame(sent, std::move(done));
  }
  /// Makes of a frame what a faulty build would have sent.
  std::function<void(bus::DecidedFrame&)> spoil;
  void flush() override { line_->core().flush(); }
  std::size_t unacknowledged() const override { return line_->core().unacknowledged(); }
  std::uint32_t subscribe(bus::SubscribeOptions options,
                          std::function<void(const bus::Delivery&)> on_delivery) override {
    return line_->core().subscribe(std::move(options), std::move(on_delivery));
  }
  void unsubscribe(std::uint32_t id) override { line_->core().unsubscribe(id); }
  void pause(std::uint32_t id, bool paused) override {
    pauses += paused ? 1 : 0;
    line_->core().pause(id, paused);
  }
  int pauses = 0;
  void go_live(bus::AckCallback) override {}
  const bus::BusState& state() const override { return line_->core().state(); }
  void on_change(
      std::function<void(const bus::BusState&, const std::optional<Error>&)> callback) override {
    line_->core().on_change(std::move(callback));
  }
  void poll(std::int64_t) override {}
  void post(std::function<void()> work) override { work(); }

 private:
  std::unique_ptr<bus::test::Line> line_;
  std::function<void()> on_end_;
};

/// Instances of the ledger on one bus, with nothing between them and it but the test.
class DeciderFixture : public bus::test::ClientFixture {
 protected:
  /// One instance: its client, its clock's, its disk, its host.
  struct Instance {
    FakeWorld world;
    Disk* disk = &world.disk;
    std::unique_ptr<Registry> registry = std::make_unique<Registry>();
    std::unique_ptr<ServiceMetrics> metrics;
    std::unique_ptr<LineClient> client;
    LineClient* clock = nullptr;
    DeciderHostOptions options;
    MakeDecider make = [] { return std::make_unique<Ledger>(); };
    std::unique_ptr<DeciderHost> host;
    std::uint8_t number = 0;
    bool cut_off = false;  // nothing moves between it and the bus
    [[nodiscard]] const Ledger& ledger() const { return decider_as<Ledger>(*host); }
  };

  explicit DeciderFixture(bool seeded = false) : ClientFixture(seeded) {
    bus::ClientOptions options;
    options.seed = seeded;
    edge_ = line(seeded ? options_.seed_names.front() : "edge", bus::Role::kEdge, 1, options);
    settle(*edge_);
  }

  std::unique_ptr<Instance> instance(std::size_t window = 1) {
    auto made = std::make_unique<Instance>();
    made->options.service = "ledger";
    made->options.subjects = {"ledger.asked"};
    made->options.publishes = {"ledger.*"};
    made->options.snapshot_folder = "snapshots/ledger";
    made->options.window = window;
    return made;
  }
  /// Starts it, or starts it again as another process with the same disk.
  void start(Instance& one) { LAMPLIGHT_CHECK(try_start(one).ok(), "the instance starts"); }
  /// The same where it may be refused: it does not run then.
  [[nodiscard]] Result<void> try_start(Instance& one) {
    end(one);
    one.cut_off = false;
    one.number = ++instances_;
    one.world.clock.now_us = now_.monotonic_us;
    one.metrics = std::make_unique<ServiceMetrics>(*one.registry, "ledger");
    one.client = std::make_unique<LineClient>(line("ledger", bus::Role::kDecider, one.number));
    const auto make_clock = [this, &one]() -> Result<std::unique_ptr<bus::Client>> {
      auto clock = std::make_unique<LineClient>(line("ledger/clock", bus::Role::kEdge, one.number),
                                                [&one] { one.clock = nullptr; });
      one.clock = clock.get();
      return std::unique_ptr<bus::Client>(std::move(clock));
    };
    auto host = host_decider({one.world.clock, *one.disk, one.world.random}, *one.client,
                             make_clock, one.make, one.options, *one.metrics);
    if (!host) return host.error();
    one.host = std::move(*host);
    running_.push_back(&one);
    return {};
  }
  /// Ends it without a word, as kill -9 does.
  void end(Instance& one) {
    std::erase(running_, &one);
    one.host.reset();
    one.client.reset();
    one.metrics.reset();
    one.registry = std::make_unique<Registry>();
  }

  void ask(const std::string& payload) { ASSERT_TRUE(put(*edge_, payload, {}, "ledger.asked")); }
  /// On a seeded log: what happened at that time.
  void ask_at(TimeUs time, const std::string& payload) {
    ASSERT_TRUE(put(*edge_, payload, {}, "ledger.asked", time));
  }
  /// Of inputs that each get an output: the i-th.
  static std::string loud(int i) {
    std::string payload = "loud " + std::to_string(i);
    while (Ledger::notes_for(as_bytes(payload)) == 0) payload += "!";
    return payload;
  }
  void ask_many(int from, int to) {
    for (int i = from; i < to; ++i) ask("ask " + std::to_string(i));
  }

  /// Everything moves, and syncs return, until nothing does any more. `syncing` false: no sync returns.
  void run(bool syncing = true) {
    for (int quiet = 0, round = 0; quiet < 3 && round < 2'000; ++round) {
      const Offset head = log_.head();
      const Offset synced = log_.synced();
      exchange(*edge_);
      for (Instance* one : running_) move(*one);
      if (syncing) sync();
      quiet = head == log_.head() && synced == log_.synced() ? quiet + 1 : 0;
    }
  }
  /// Time passes for all, in steps of 100 ms.
  void live_through(std::int64_t us) {
    for (std::int64_t past = 0; past < us; past += 100'000) {
      pass(100'000);
      edge_->core().tick(now_.monotonic_us);
      for (Instance* one : running_) {
        one->world.clock.now_us = now_.monotonic_us;
        one->client->line().core().tick(now_.monotonic_us);
        if (one->clock) one->clock->line().core().tick(now_.monotonic_us);
      }
      run();
    }
  }

  /// The log's word on what was decided; every fault in it is a failure.
  test::LedgerHistory history() {
    auto reader = log_.read(Offset{1}).value();
    test::LedgerHistory told(*reader, [](std::string_view subject) {
      return subject == "ledger.asked" || subject == "control.ledger.time_reached";
    });
    EXPECT_THAT(told.faults(), ::testing::IsEmpty());
    return told;
  }
  /// How many events of that subject lie on the log.
  std::size_t count(const std::string& wanted) {
    std::size_t found = 0;
    auto reader = log_.read(Offset{1}).value();
    while (const auto batch = reader->next().value()) {
      log::for_each_event(*batch, [&](const Event& event) {
        if (event.subject == wanted) ++found;
      });
    }
    return found;
  }
  [[nodiscard]] static std::string metric(const Instance& one, const std::string& name) {
    const std::string all = one.registry->expose();
    const auto at = all.find("\n" + name + " ");
    if (at == std::string::npos) return "absent";
    const auto from = at + name.size() + 2;
    return all.substr(from, all.find('\n', from) - from);
  }

 private:
  void move(Instance& one) {
    if (!one.cut_off) exchange(one.client->line());
    if (!one.cut_off && one.clock) exchange(one.clock->line());
    one.host->tick();
  }

  std::unique_ptr<bus::test::Line> edge_;
  std::vector<Instance*> running_;
  std::uint8_t instances_ = 0;
};

}  // namespace lamplight::runtime::testing
