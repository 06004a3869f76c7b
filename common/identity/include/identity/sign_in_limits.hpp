#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.hpp"

namespace lamplight::identity {

/// The address, or of an IPv6 one its network of 64 bits, which one sender has whole. What is no address is itself.
[[nodiscard]] std::string network_of(std::string_view address);

/// How often somebody may try to sign in, by the name that they give and by their address.
///
/// Each name and each network may try `burst` times at once and then once every `every_us`. What went well is given back.
/// Names that nobody bears are held to the same, so that a refusal tells nothing of them. Bounded memory without
/// forgetting: names and addresses share a fixed number of places by a keyed hash, which nobody outside can aim at.
/// Threads: one. Time is handed in, monotonic.
class SignInLimits {
 public:
  struct Options {
    std::int64_t name_burst = 5;
    std::int64_t name_every_us = 60'000'000;
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

  [[nodiscard]] std::int64_t& place(Places& places, char kind, std::string_view text) const;

  std::array<std::uint8_t, 16> key_{};
  Options options_;
  Places names_;
  Places addresses_;
};

}  // namespace lamplight::identity
