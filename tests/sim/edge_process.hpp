#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/uuid.hpp"
#include "process.hpp"
#include "sim_client.hpp"

namespace lamplight::simtest {

/// Publishes a list of things. With dedupe keys it begins again after a crash with what it does not know to be
/// acknowledged, and nothing may be twice; without, what was under way may be there or not, once.
class EdgeProcess final : public Process {
 public:
  struct Options {
    std::uint64_t events = 100;
    bool dedupe = true;
    std::size_t least_bytes = 8;  ///< of a payload
    std::size_t most_bytes = 200;
    std::uint64_t burst = 8;           ///< events at once, at most
    std::int64_t pause_us = 50'000;    ///< between bursts, about
    std::uint64_t forbidden = 10'000;  ///< events that the bus must refuse, per million
  };

  EdgeProcess(std::string name, const Surroundings& around, sim::Platter& platter,
              sim::SimClock& clock, sim::SeededRandom random, Options options);
  ~EdgeProcess() override { end(); }

  [[nodiscard]] bool done() const { return todo_.empty() && (!client_ || under_way_ == 0); }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  struct Item {
    std::uint64_t number = 0;
    bool forbidden = false;
  };

  Result<void> begin(const Env& env) override;
  Result<std::int64_t> round() override;
  Result<bool> drain() override;
  void end() override;
  [[nodiscard]] bool publish(const Item& item);
  void answered(const Item& item, const Id16& id, const Result<bus::Acked>& answer);
  [[nodiscard]] Id16 key_of(const Item& item) const;

  const Options options_;
  std::deque<Item> todo_;
  std::deque<Item> sent_;  // in order; answers come in order
  std::uint64_t under_way_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t published_ = 0;  // in this life
  std::int64_t next_burst_us_ = 0;
  std::optional<Error> fenced_;
  std::unique_ptr<UuidSource> ids_;
  std::unique_ptr<SimClient> client_;
};

}  // namespace lamplight::simtest
