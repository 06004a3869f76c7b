#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/env.hpp"

namespace lamplight::identity {

/// Who is signed in. A token is 32 random bytes in hexadecimal; only its hash is kept, so that a copy of this memory lets
/// nobody in. In memory alone: after a restart officers sign in again.
/// Threads: one. Time is handed in, monotonic.
class Sessions {
 public:
  struct Options {
    std::int64_t lifetime_us = 3'600'000'000;
    std::size_t per_officer = 8;  ///< the oldest makes room
    std::size_t all = 50'000;     ///< likewise
  };
  Sessions(Random& random, Options options) : random_(random), options_(options) {}

  /// A new token of that officer; good for `lifetime_us`.
  [[nodiscard]] std::string open(const std::string& officer, std::int64_t now_us);
  /// The officer that a good token stands for.
  [[nodiscard]] std::optional<std::string> find(std::string_view token, std::int64_t now_us) const;
  /// No such token: fine.
  void close(std::string_view token);
  /// Those past their time go. Once a minute will do.
  void sweep(std::int64_t now_us);
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  [[nodiscard]] std::int64_t lifetime_us() const { return options_.lifetime_us; }

 private:
  struct Session {
    std::string officer;
    std::int64_t ends_us = 0;
    std::uint64_t number = 0;  ///< in order of opening
  };
  using Hash = std::string;  // 32 bytes
  void make_room(const std::string& officer);

  Random& random_;
  Options options_;
  std::map<Hash, Session> sessions_;
  std::uint64_t opened_ = 0;
};

}  // namespace lamplight::identity
