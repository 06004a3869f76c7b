#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bus/client_core.hpp"
#include "bus_fixture.hpp"

namespace lamplight::bus::test {

/// A client core on a connection whose messages the test moves, loses or spoils.
class Line final : public ClientLink {
 public:
  struct Message {
    std::string control;
    std::string body;
    bool has_body = false;
  };

  Line(std::string name, ClientOptions options, std::uint8_t instance)
      : name_(std::move(name)), core_(std::move(options), key(instance), *this) {}

  bool send(Bytes control, Bytes body, bool has_body) override {
    if (full) return false;
    to_bus.push_back({std::string(as_text(control)), std::string(as_text(body)), has_body});
    return true;
  }
  /// A new connection: what was under way on the former one is lost in both directions.
  void open(const Now& now) {
    to_bus.clear();
    ++connection_;
    core_.on_open(now.monotonic_us);
  }
  [[nodiscard]] PeerId peer() const { return name_ + "#" + std::to_string(connection_); }
  ClientCore& core() { return core_; }
  [[nodiscard]] std::vector<std::string> frames_under_way() const {
    std::vector<std::string> frames;
    for (const auto& message : to_bus) {
      if (message.has_body) frames.push_back(message.body);
    }
    return frames;
  }

  std::deque<Message> to_bus;
  bool full = false;

 private:
  std::string name_;
  int connection_ = 0;
  ClientCore core_;
};

/// Clients and the broker core, with the test in between.
class ClientFixture : public BusFixture {
 protected:
  using BusFixture::BusFixture;

  std::unique_ptr<Line> line(const std::string& name, Role role = Role::kEdge,
                             std::uint8_t instance = 1, ClientOptions options = {}) {
    options.name = name;
    options.role = role;
    auto made = std::make_unique<Line>(name + std::to_string(instance), options, instance);
    made->open(now_);
    exchange(*made);
    return made;
  }

  void to_bus(Line& line) {
    while (!line.to_bus.empty()) {
      const auto message = std::move(line.to_bus.front());
      line.to_bus.pop_front();
      std::vector<Bytes> parts{as_bytes(message.control)};
      if (message.has_body) parts.push_back(as_bytes(message.body));
      core_->on_message(line.peer(), parts, now_);
    }
  }
  bool to_client(Line& line) {
    auto sent = std::exchange(transport_.sent[line.peer()], {});
    for (const auto& message : sent) {
      std::vector<Bytes> parts{as_bytes(message.control)};
      if (!message.body.empty()) parts.push_back(as_bytes(message.body));
      line.core().on_message(parts, now_.monotonic_us);
    }
    return !sent.empty();
  }
  /// Moves messages both ways until none is left, without any sync. A client that wants to reconnects.
  void exchange(Line& line) {
    do {
      if (line.core().wants_reconnect()) line.open(now_);
      line.core().end_of_round();
      to_bus(line);
      pump();
    } while (to_client(line) || !line.to_bus.empty());
    line.core().tick(now_.monotonic_us);
  }
  /// Exchanges and syncs until nothing moves.
  void settle(Line& line) {
    for (int round = 0; round < 100; ++round) {
      exchange(line);
      if (core_->wants_sync()) sync();
      else if (line.to_bus.empty() && transport_.sent[line.peer()].empty() &&
               !line.core().wants_reconnect())
        break;
    }
  }
  /// Lets time pass on both sides, connected as they are.
  void wait(Line& line, std::int64_t us) {
    for (std::int64_t past = 0; past < us; past += 100'000) {
      pass(100'000);
      line.core().tick(now_.monotonic_us);
      settle(line);
    }
  }

  /// Publishes and notes each answer: "payload@offset", "payload=offset" for a duplicate, "payload!code" for a refusal.
  Result<void> put(Line& line, const std::string& payload, std::optional<Id16> dedupe = {},
                   const std::string& subject = "alert.received", std::optional<TimeUs> time = {}) {
    NewEvent event;
    event.subject = subject;
    event.dedupe = dedupe;
    event.payload = as_bytes(payload);
    return line.core().publish(event, time, [this, payload](const Result<Acked>& done) {
      if (!done) answers_.push_back(payload + "!" + std::string(to_string(done.error().code())));
      else
        answers_.push_back(payload + (done->duplicate ? "=" : "@") +
                           std::to_string(done->offset.value));
    });
  }
  /// What lies on the log, synced.
  std::vector<Got> on_the_log() {
    std::vector<Got> all;
    auto reader = log_.read(Offset{1}).value();
    while (const auto batch = reader->next().value()) {
      std::uint64_t at = batch->first().value;
      for (Bytes rest = batch->frames(); !rest.empty();) {
        const FrameView view = FrameView::trusted(rest);
        view.for_each([&](std::uint32_t, const EventContent& event, Bytes) {
          all.push_back({at++, std::string(as_text(event.payload))});
        });
        rest = rest.subspan(view.size());
      }
    }
    return all;
  }

  std::vector<std::string> answers_;
};

}  // namespace lamplight::bus::test
