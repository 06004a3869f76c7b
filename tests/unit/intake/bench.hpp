#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "fake_bus.hpp"
#include "intake/item_reader.hpp"
#include "intake/publisher.hpp"
#include "intake/secret.hpp"
#include "intake/state.hpp"

namespace lamplight::intake::test {

/// Always the same, and never the same twice.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out)
      byte = static_cast<std::uint8_t>((state_ = state_ * 6364136223846793005ULL + 1) >> 56);
  }

 private:
  std::uint64_t state_ = 7;
};

class ManualClock final : public Clock {
 public:
  TimeUs wall() const override { return {now_us + 1'720'000'000'000'000}; }
  std::int64_t monotonic_us() const override { return now_us; }
  std::int64_t now_us = 0;
};

inline const CodeLists& codes() {
  static const CodeLists lists = std::move(CodeLists::builtin()).value();
  return lists;
}
inline const Secret& secret() {
  static const Secret it{std::array<std::uint8_t, 32>{1, 2, 3}};
  return it;
}

/// JSON of an alert as partners send it.
struct Said {
  std::string ref = "a-1";
  std::string category = "theft";
  std::string status = "Actual";
  std::string extra = {};  ///< further members, each led by a comma
  [[nodiscard]] std::string json() const {
    return R"({"partner_ref":")" + ref + R"(","status":")" + status +
           R"(","class":"criminal","category":")" + category +
           R"(","area":"wuma","reported_at":"2024-05-01T08:00:00+08:00")" + extra + "}";
  }
};

inline void read_item(ItemReader& reader, std::string json, std::string_view key,
                      const std::string& partner, Batch& batch) {
  batch.partner = partner;
  const std::size_t size = json.size();
  json.append(kJsonPadding, ' ');
  const Id16 name = key.empty() ? Id16{} : secret().key(batch.kind, partner, key);
  reader.read(std::string_view(json).substr(0, size), name, batch);
}

struct Counting final : PublisherObserver {
  void accepted(const std::string&, AlertStatus) override { ++accepted_count; }
  void duplicate(std::string_view kind) override { ++duplicates[std::string(kind)]; }
  int accepted_count = 0;
  std::map<std::string, int> duplicates;
};

/// A publisher on a bus in memory, with its fold; the test says when the bus acknowledges and when the fold catches up.
class PublisherBench : public testing::Test {
 protected:
  PublisherBench() { restart_from_replay(); }

  /// One alert of its own request.
  BatchPtr send(const Said& said, std::string_view key = {}, const std::string& partner = "local") {
    auto batch = std::make_shared<Batch>();
    read_item(reader, said.json(), key, partner, *batch);
    EXPECT_NE(batch->items.front().outcome, Outcome::kInvalid) << said.json();
    publisher->submit(batch, clock.now_us);
    advance();
    return batch;
  }
  BatchPtr send_many(const std::vector<Said>& many) {
    auto batch = std::make_shared<Batch>();
    for (const Said& said : many) read_item(reader, said.json(), {}, "local", *batch);
    publisher->submit(batch, clock.now_us);
    advance();
    return batch;
  }
  void advance() { publisher->advance(state.get(), folded, clock.now_us); }
  void acknowledge(std::size_t n = SIZE_MAX) {
    client->acknowledge(n);
    advance();
  }
  void fold() {
    for (; folded < log.head(); folded = folded.next())
      state->evolve(log.view(log.events[folded.value]));
    advance();
  }
  /// To the end: acknowledged and folded.
  Item done(const BatchPtr& batch) {
    acknowledge();
    fold();
    return batch->items.at(0);
  }
  Item post(const Said& said, std::string_view key = {}, const std::string& partner = "local") {
    return done(send(said, key, partner));
  }

  void new_client() {
    client = std::make_unique<FakeClient>(log);
    publisher = std::make_unique<Publisher>(*client, ids, counts, Publisher::Options{});
  }
  void restart_from_replay() {
    state = std::make_unique<IntakeState>();
    folded = {};
    new_client();
    fold();
  }
  void restart_from_snapshot() {
    runtime::SnapshotWriter out;
    state->save(out);
    const std::string bytes = out.buffer();
    state = std::make_unique<IntakeState>();
    runtime::SnapshotReader in(as_bytes(bytes));
    state->load(in);
    ASSERT_TRUE(in.ok() && in.at_end());
    new_client();
  }

  FakeLog log;
  ManualClock clock;
  CountingRandom random;
  UuidSource ids{clock, random};
  Counting counts;
  ItemReader reader{codes(), secret()};
  std::unique_ptr<FakeClient> client;
  std::unique_ptr<IntakeState> state;
  std::unique_ptr<Publisher> publisher;
  Offset folded;
};

}  // namespace lamplight::intake::test
