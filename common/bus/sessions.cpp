#include "bus/sessions.hpp"

#include <algorithm>

namespace lamplight::bus {

Result<Sessions::Arrival> Sessions::arrive(Session session) {
  Arrival arrival;
  if (session.role == Role::kEdge) {
    arrival.fenced = std::find(fenced_.begin(), fenced_.end(), session.instance) != fenced_.end();
    for (const auto& [peer, other] : sessions_) {
      const bool rival = other.role == Role::kEdge && other.name == session.name &&
                         other.instance != session.instance;
      if (!rival) continue;
      if (session.instance < other.instance) arrival.fenced = true;
      else arrival.fences = peer;
    }
    if (arrival.fenced) return arrival;
  }
  for (const auto& [peer, other] : sessions_) {
    const bool same = other.instance == session.instance && other.name == session.name;
    if (same || peer == session.peer || peer == arrival.fences) arrival.replaces.push_back(peer);
  }
  if (arrival.fences) {
    fenced_.push_back(sessions_.at(*arrival.fences).instance);
    if (fenced_.size() > kFencedRemembered) fenced_.pop_front();
  }
  for (const auto& peer : arrival.replaces) sessions_.erase(peer);
  if (sessions_.size() >= kMaxSessions) {
    return Error(Code::kOverloaded,
                 "the bus has " + std::to_string(kMaxSessions) + " sessions; close some");
  }
  PeerId peer = session.peer;
  sessions_.emplace(std::move(peer), std::move(session));
  return arrival;
}

Session* Sessions::find(std::string_view peer) {
  const auto found = sessions_.find(peer);
  return found == sessions_.end() ? nullptr : &found->second;
}

void Sessions::leave(std::string_view peer) {
  const auto found = sessions_.find(peer);
  if (found != sessions_.end()) sessions_.erase(found);
}

bool Sessions::has_name(std::string_view name) const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [name](const auto& entry) { return entry.second.name == name; });
}

std::vector<PeerId> Sessions::silent_since(std::int64_t monotonic_us) const {
  std::vector<PeerId> silent;
  for (const auto& [peer, session] : sessions_) {
    if (session.heard_us < monotonic_us) silent.push_back(peer);
  }
  return silent;
}

std::vector<PeerId> Sessions::peers() const {
  std::vector<PeerId> all;
  for (const auto& [peer, session] : sessions_) all.push_back(peer);
  return all;
}

std::vector<PeerId> Sessions::peers_of(Role role) const {
  std::vector<PeerId> out;
  for (const auto& [peer, session] : sessions_) {
    if (session.role == role) out.push_back(peer);
  }
  return out;
}

}  // namespace lamplight::bus
