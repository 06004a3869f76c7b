#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.hpp"

namespace lamplight::identity {

/// The address, or of an IPv6 one its network of 64 bits, which one sender has whole. What is no address is itself.
[[nodiscard]] std::string sender_of(std::string_view address);
/// The network that an address is in: 24 bits of an IPv4 one, 64 of an IPv6 one. What is no address is itself.
[[nodiscard]] std::string network_of(std::string_view address);

/// How often somebody may try to sign in, by the name that they give and by their address.
///
/// Three limits, each of `burst` attempts at once and then one every `every_us`; what went well is given back:
/// - a name from one network, tightly, so that guessing at a name holds up whoever is in the guesser's network and nobody else;
/// - a name from all networks together, loosely: guesses from many of them are bounded as well;
/// - a sender, whatever the names.
/// Names that nobody bears are held to the same, so that a refusal tells nothing of them. Bounded memory without
/// forgetting: each limit has a fixed number of places, shared by a keyed hash, which nobody outside can aim at.
/// Threads: one. Time is handed in, monotonic.
class SignInLimits {
 public:
  struct Options {
    std::int64_t name_in_network_burst = 5;
    std::int64_t name_in_network_every_us = 60'000'000;
    std::int64_t name_burst = 100;
    std::int64_t name_every_us = 30'000'000;
    std::int64_t address_burst = 20;
    std::int64_t address_every_us = 10'000'000;
  };
  SignInLimits(Random& random, Options options);

  /// 0: take it; else so long to wait. A refused attempt costs nothing.
  [[nodiscard]] std::int64_t attempt(std::string_view name, std::string_view address,
                                     std::int64_t now_us);
  /// The attempt went well, or nobody could look at it: it does not count.
  void give_back(std::string_view name, std::string_view address);

 private:
  static constexpr std::size_t kPlaces = 1U << 14;
  // Per place the instant at which all of its attempts are there again.
  using Places = std::vector<std::int64_t>;

  struct Limit {
    std::int64_t& full_at;
    std::int64_t burst;
    std::int64_t every_us;
  };
  [[nodiscard]] std::array<Limit, 3> limits(std::string_view name, std::string_view address);
  [[nodiscard]] std::int64_t& place(Places& places, char kind, std::string_view text) const;

  std::array<std::uint8_t, 16> key_{};
  Options options_;
  Places names_in_networks_;
  Places names_;
  Places addresses_;
};

}  // namespace lamplight::identity
