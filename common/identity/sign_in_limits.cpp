#include "identity/sign_in_limits.hpp"

#include <arpa/inet.h>
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "base/ids.hpp"

namespace lamplight::identity {

namespace {

static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);

// The generic cell rate algorithm: an attempt moves the instant by `every`; more than `burst` of them ahead is too much.
std::int64_t wait(std::int64_t full_at, std::int64_t burst, std::int64_t every,
                  std::int64_t now_us) {
  const std::int64_t after = std::max(full_at, now_us) + every;
  return std::max<std::int64_t>(0, after - burst * every - now_us);
}

}  // namespace

std::string sender_of(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped) && address.find('.') != std::string_view::npos)
    return std::string(address.substr(kMapped.size()));
  in6_addr bits{};
  const std::string text(address.substr(0, address.find('%')));  // without the interface
  if (inet_pton(AF_INET6, text.c_str(), &bits) != 1) return std::string(address);
  return to_hex(Bytes(bits.s6_addr, 8)) + "::/64";
}

std::string network_of(std::string_view address) {
  std::string sender = sender_of(address);
  in_addr bits{};
  if (inet_pton(AF_INET, sender.c_str(), &bits) != 1) return sender;
  return sender.substr(0, sender.rfind('.')) + ".0/24";
}

SignInLimits::SignInLimits(Random& random, Options options)
    : options_(options),
      names_in_networks_(kPlaces, std::numeric_limits<std::int64_t>::min() / 2),
      names_(kPlaces, std::numeric_limits<std::int64_t>::min() / 2),
      addresses_(kPlaces, std::numeric_limits<std::int64_t>::min() / 2) {
  random.fill(key_);
}

std::int64_t& SignInLimits::place(Places& places, char kind, std::string_view text) const {
  const std::string input = kind + std::string(text);
  std::array<std::uint8_t, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), as_bytes(input).data(), input.size(), key_.data());
  std::uint64_t number = 0;
  std::memcpy(&number, hash.data(), sizeof number);
  return places[number % kPlaces];
}

std::array<SignInLimits::Limit, 3> SignInLimits::limits(std::string_view name,
                                                        std::string_view address) {
  // The network leads: it has no blank, so no two pairs are alike.
  const std::string both = network_of(address) + ' ' + std::string(name);
  return {{{place(names_in_networks_, 'b', both), options_.name_in_network_burst,
            options_.name_in_network_every_us},
           {place(names_, 'n', name), options_.name_burst, options_.name_every_us},
           {place(addresses_, 'a', sender_of(address)), options_.address_burst,
            options_.address_every_us}}};
}

std::int64_t SignInLimits::attempt(std::string_view name, std::string_view address,
                                   std::int64_t now_us) {
  const auto held_to = limits(name, address);
  std::int64_t longest = 0;
  for (const Limit& limit : held_to)
    longest = std::max(longest, wait(limit.full_at, limit.burst, limit.every_us, now_us));
  if (longest > 0) return longest;
  for (const Limit& limit : held_to)
    limit.full_at = std::max(limit.full_at, now_us) + limit.every_us;
  return 0;
}

void SignInLimits::give_back(std::string_view name, std::string_view address) {
  for (const Limit& limit : limits(name, address)) limit.full_at -= limit.every_us;
}

}  // namespace lamplight::identity
