#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"
#include "bus/outbound.hpp"

namespace lamplight::bus {

/// A client that has said HELLO.
struct Session {
  PeerId peer;
  std::string name;
  Role role = Role::kFollower;
  Id16 instance;
  bool may_seed = false;
  std::int64_t heard_us = 0;  ///< monotonic
};

/// Who is there, and which instance holds an edge's name. Followers and deciders may share theirs. Threads: one.
class Sessions {
 public:
  static constexpr std::size_t kMaxSessions = 4096;

  struct Arrival {
    bool fenced = false;  ///< a newer instance holds the name: the arriving one is refused for good
    std::optional<PeerId> fences;  ///< an older instance to be told that it is fenced
    std::vector<PeerId>
        replaces;  ///< former connections of the same instance (and `fences`): now without session
  };
  /// Errors: kOverloaded too many sessions.
  [[nodiscard]] Result<Arrival> arrive(Session session);
  [[nodiscard]] Session* find(std::string_view peer);
  void leave(std::string_view peer);
  /// Whether a session of that name is there.
  [[nodiscard]] bool has_name(std::string_view name) const;
  [[nodiscard]] std::vector<PeerId> silent_since(std::int64_t monotonic_us) const;
  [[nodiscard]] std::vector<PeerId> peers() const;
  [[nodiscard]] std::vector<PeerId> peers_of(Role role) const;
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  static constexpr std::size_t kFencedRemembered = 256;
  std::map<PeerId, Session, std::less<>> sessions_;
  std::deque<Id16>
      fenced_;  // instances that lost their name, so that one does not come back as the newest
};

}  // namespace lamplight::bus
