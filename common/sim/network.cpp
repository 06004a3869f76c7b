#include "sim/network.hpp"

#include <algorithm>

namespace lamplight::sim {

namespace {
constexpr std::int64_t kReconnectUs = 50'000;
constexpr std::int64_t kDoomedForUs = 4'000'000;

std::size_t index(Network::Way way) { return way == Network::Way::kToHub ? 0 : 1; }
const char* arrow(Network::Way way) { return way == Network::Way::kToHub ? "->" : "<-"; }
}  // namespace

// --- the hub ---------------------------------------------------------------------------------------

void Network::listen(std::function<void()> wake) {
  wake_hub_ = std::move(wake);
  listening_ = true;
  ++hub_life_;
  std::vector<ConnectionId> ids;
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const ConnectionId id : ids) introduce(id);
}

void Network::stop_listening() {
  listening_ = false;
  wake_hub_ = nullptr;
  hub_inbox_.clear();
  peers_.clear();
  for (auto& [id, connection] : connections_) {
    connection.peer.clear();
    connection.under_way[0] = 0;
    connection.held[0].clear();
  }
}

std::optional<Network::Arrived> Network::receive_at_hub() {
  if (hub_inbox_.empty()) return std::nullopt;
  auto [id, arrived] = std::move(hub_inbox_.front());
  hub_inbox_.pop_front();
  if (const auto from = connections_.find(id);
      from != connections_.end() && from->second.peer == arrived.peer) {
    --from->second.under_way[0];
    if (std::exchange(from->second.client_refused, false)) from->second.wake();
  }
  return std::move(arrived);
}

Network::Sent Network::send_to_client(const std::string& peer, Message message) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return Sent::kGone;
  return send(found->second, Way::kToClient, std::move(message));
}

// --- clients ---------------------------------------------------------------------------------------

Network::ConnectionId Network::connect(const std::string& link, std::function<void()> wake) {
  const ConnectionId id = next_id_++;
  Connection& made = connections_[id];
  made.link = link;
  made.wake = std::move(wake);
  if (listening_) introduce(id);
  return id;
}

void Network::close(ConnectionId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  peers_.erase(found->second.peer);
  connections_.erase(found);
}

std::optional<Message> Network::receive_at_client(ConnectionId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || found->second.inbox.empty()) return std::nullopt;
  Message message = std::move(found->second.inbox.front());
  found->second.inbox.pop_front();
  --found->second.under_way[1];
  return message;
}

Network::Sent Network::send_to_hub(ConnectionId id, Message message) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return Sent::kGone;
  Connection& connection = found->second;
  if (connection.peer.empty()) {
    if (connection.waiting.size() >= queue_limit) return Sent::kFull;
    connection.waiting.push_back(std::move(message));
    return Sent::kYes;
  }
  const Sent sent = send(id, Way::kToHub, std::move(message));
  if (sent == Sent::kFull) connection.client_refused = true;
  return sent;
}

// The hub sees the connection as a new peer; what waited for it goes out.
void Network::introduce(ConnectionId id) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !listening_ || !found->second.peer.empty()) return;
  Connection& connection = found->second;
  connection.peer = fmt::format("{}#{}.{}.{}", connection.link, id, hub_life_, connection.life);
  peers_[connection.peer] = id;
  auto waiting = std::exchange(connection.waiting, {});
  for (Message& message : waiting) (void)send(id, Way::kToHub, std::move(message));
}

// --- under way -------------------------------------------------------------------------------------

Network::Sent Network::send(ConnectionId id, Way way, Message message) {
  Connection& connection = connections_.at(id);
  if (connection.under_way[index(way)] >= queue_limit) return Sent::kFull;
  const std::string peer = connection.peer;
  if (random_.chance(faults.lose)) {
    trace_.fault(scheduler_.now_us(), "message_lost", "{} {} {} bytes", connection.link, arrow(way),
                 message.control.size() + message.body.size());
    doom(id);
    return Sent::kYes;
  }
  if (random_.chance(faults.repeat)) {
    trace_.fault(scheduler_.now_us(), "message_repeated", "{} {}", connection.link, arrow(way));
    doom(id);
    travel(id, way, peer, message, random_.chance(500'000));
  }
  const bool overtakes = random_.chance(faults.reorder);
  if (overtakes) {
    trace_.fault(scheduler_.now_us(), "message_reordered", "{} {}", connection.link, arrow(way));
    doom(id);
  }
  travel(id, way, peer, std::move(message), !overtakes);
  return Sent::kYes;
}

void Network::travel(ConnectionId id, Way way, const std::string& peer, Message message,
                     bool in_line) {
  Connection& connection = connections_.at(id);
  ++connection.under_way[index(way)];
  std::int64_t arrival =
      scheduler_.now_us() +
      random_.skewed(faults.latency_from_us, faults.latency_to_us) * (in_line ? 1 : 20);
  if (in_line) {
    arrival = std::max(arrival, connection.last_arrival_us[index(way)]);
    connection.last_arrival_us[index(way)] = arrival;
  }
  scheduler_.at(arrival, [this, id, way, peer, life = connection.life, hub_life = hub_life_,
                          message = std::move(message)]() mutable {
    // A hub that is another one by now hears nothing of what was meant for the one before.
    if (way == Way::kToClient || hub_life == hub_life_)
      arrive(id, way, peer, life, std::move(message));
  });
}

void Network::arrive(ConnectionId id, Way way, const std::string& peer, std::uint64_t life,
                     Message message) {
  const auto found = connections_.find(id);
  const bool closed = found == connections_.end();
  if (way == Way::kToHub ? !listening_ : closed) return;
  if (!closed) {
    Connection& connection = found->second;
    if (connection.life != life) return;
    if (const auto cut = cuts_.find({connection.link, way}); cut != cuts_.end()) {
      if (cut->second.lossy) {
        --connection.under_way[index(way)];
        doom(id);
      } else {
        connection.held[index(way)].push_back(std::move(message));
      }
      return;
    }
    if (way == Way::kToClient) {
      connection.inbox.push_back(std::move(message));
      connection.wake();
      return;
    }
  }
  // The hub hears the last words of a client that has closed its socket, too.
  hub_inbox_.emplace_back(id, Arrived{peer, std::move(message)});
  wake_hub_();
}

// --- faults ----------------------------------------------------------------------------------------

void Network::doom(ConnectionId id) {
  Connection& connection = connections_.at(id);
  if (std::exchange(connection.doomed, true)) return;
  scheduler_.after(random_.between(1'000, kDoomedForUs), [this, id] {
    const auto found = connections_.find(id);
    if (found != connections_.end() && found->second.doomed) break_connection(id);
  });
}

void Network::break_connection(ConnectionId id) {
  Connection& connection = connections_.at(id);
  trace_.line(scheduler_.now_us(), "connection of {} breaks", connection.link);
  peers_.erase(connection.peer);
  connection.peer.clear();
  connection.doomed = false;
  ++connection.life;
  for (const std::size_t way : {0U, 1U}) {
    connection.under_way[way] = way == 1 ? connection.inbox.size() : 0;
    connection.held[way].clear();
  }
  scheduler_.after(kReconnectUs, [this, id] { introduce(id); });
}

void Network::cut(const std::string& link, Way way, bool lossy) {
  trace_.fault(scheduler_.now_us(), "link_cut", "{} {}{}", link, arrow(way), lossy ? " lossy" : "");
  cuts_[{link, way}] = Cut{lossy};
}

void Network::mend(const std::string& link) {
  for (const Way way : {Way::kToHub, Way::kToClient}) {
    if (cuts_.erase({link, way}) == 0) continue;
    trace_.line(scheduler_.now_us(), "link {} {} mended", link, arrow(way));
    for (const ConnectionId id : connections_of(link)) {
      Connection& connection = connections_.at(id);
      auto held = std::exchange(connection.held[index(way)], {});
      for (Message& message : held)
        arrive(id, way, connection.peer, connection.life, std::move(message));
    }
  }
}

void Network::break_link(const std::string& link) {
  trace_.fault(scheduler_.now_us(), "link_broken", "{}", link);
  for (const ConnectionId id : connections_of(link)) break_connection(id);
}

void Network::heal() {
  std::set<std::string> links;
  for (const auto& [place, cut] : cuts_) links.insert(place.first);
  for (const std::string& link : links) mend(link);
  std::vector<ConnectionId> doomed;
  for (const auto& [id, connection] : connections_) {
    if (connection.doomed) doomed.push_back(id);
  }
  for (const ConnectionId id : doomed) break_connection(id);
}

std::vector<Network::ConnectionId> Network::connections_of(const std::string& link) const {
  std::vector<ConnectionId> out;
  for (const auto& [id, connection] : connections_) {
    if (connection.link == link) out.push_back(id);
  }
  return out;
}

}  // namespace lamplight::sim
