#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/env.hpp"
#include "base/ids.hpp"

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

  /// Whom a token stands for, and as of which offset the log was looked at when they signed in: whoever was changed since
  /// has to do so again.
  struct Known {
    std::string officer;
    Offset as_of;
    bool operator==(const Known&) const = default;
  };
  /// A new token; good for `lifetime_us`.
  [[nodiscard]] std::string open(Known known, std::int64_t now_us);
  /// Nothing for a token that is not good.
  [[nodiscard]] std::optional<Known> find(std::string_view token, std::int64_t now_us) const;
  /// No such token: fine.
  void close(std::string_view token);
  /// Those past their time go. Once a minute will do.
  void sweep(std::int64_t now_us);
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  [[nodiscard]] std::int64_t lifetime_us() const { return options_.lifetime_us; }

 private:
  struct Session {
    Known known;
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
