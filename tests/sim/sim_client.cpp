#include "sim_client.hpp"

#include <algorithm>

namespace lamplight::simtest {

namespace {
constexpr int kReceiveRound = 64;  // as in bus/zmq_client.cpp
}

SimClient::SimClient(sim::Network& network, const Env& env, std::shared_ptr<sim::Life> life,
                     Checker& checker, bus::ClientOptions options, std::function<void()> wake,
                     const std::string& link)
    : network_(network),
      clock_(env.clock),
      life_(std::move(life)),
      checker_(checker),
      link_(link.empty() ? options.name : link),
      wake_(std::move(wake)),
      ids_(env.clock, env.random),
      core_(std::move(options), ids_.next(), *this) {
  open();
}

SimClient::~SimClient() {
  core_.say_goodbye();
  if (connection_) network_.close(*connection_);
}

void SimClient::open() {
  if (connection_) network_.close(*connection_);
  connection_ = network_.connect(link_, wake_);
  core_.on_open(clock_.monotonic_us());
}

bool SimClient::send(Bytes control, Bytes body, bool has_body) {
  if (life_->over) return true;  // into the void
  if (!connection_) return false;
  if (has_body) checker_.frame_sent(body);
  const auto sent = network_.send_to_hub(
      *connection_, {std::string(as_text(control)), std::string(as_text(body)), has_body});
  return sent == sim::Network::Sent::kYes;
}

void SimClient::poll(std::int64_t) {
  auto work = std::exchange(posted_, {});
  for (const auto& one : work) one();
  more_ = false;
  for (int i = 0; i < kReceiveRound && !core_.wants_reconnect(); ++i) {
    const auto message = network_.receive_at_client(*connection_);
    if (!message) break;
    std::vector<Bytes> parts{as_bytes(message->control)};
    if (message->has_body) parts.push_back(as_bytes(message->body));
    core_.on_message(parts, clock_.monotonic_us());
    more_ = i + 1 == kReceiveRound;
  }
  const std::int64_t now = clock_.monotonic_us();
  if (now >= core_.next_tick_us()) core_.tick(now);
  if (core_.wants_reconnect()) open();
  core_.end_of_round();
}

void SimClient::post(std::function<void()> work) {
  posted_.push_back(std::move(work));
  wake_();
}

std::int64_t SimClient::next_us() const {
  if (more_ || !posted_.empty()) return clock_.monotonic_us();
  return std::max(core_.next_tick_us(), clock_.monotonic_us() + 1);
}

}  // namespace lamplight::simtest
