#include "identity/password.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

namespace lamplight::identity {

namespace {

constexpr std::string_view kAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";
constexpr std::size_t kGroups = 6;
constexpr std::size_t kGroupSize = 4;
constexpr std::size_t kLetters = kAlphabet.size();

/// Idempotent, and fine from several threads.
void begin_sodium() { LAMPLIGHT_CHECK(sodium_init() >= 0, "libsodium starts"); }

}  // namespace

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  if (password.size() < kMinPasswordBytes || password.size() > kMaxPasswordBytes) {
    return Error(Code::kInvalid, fmt::format("a password has {} to {} bytes", kMinPasswordBytes,
                                             kMaxPasswordBytes));
  }
  begin_sodium();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.passes, cost.bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error(Code::kOverloaded,
                 fmt::format("hashing a password needs {} MiB of memory", cost.bytes >> 20));
  }
  return std::string(out.data());
}

bool verify_password(const std::string& hash, std::string_view password) {
  begin_sodium();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string random_password(Random& random) {
  std::string out;
  while (out.size() < kGroups * (kGroupSize + 1) - 1) {
    if (out.size() % (kGroupSize + 1) == kGroupSize) {
      out += '-';
      continue;
    }
    std::array<std::uint8_t, 1> byte{};
    random.fill(byte);
    // Each letter as likely as another: what does not divide evenly is drawn again.
    if (byte[0] < kLetters * (256 / kLetters)) out += kAlphabet[byte[0] % kLetters];
  }
  return out;
}

std::string random_officer_key(Random& random) {
  for (;;) {
    std::array<std::uint8_t, 16> bytes{};
    random.fill(bytes);
    std::string key = to_hex(bytes);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto digits = std::count_if(key.begin(), key.end(), is_digit);
    if (digits > 0 && digits < static_cast<std::ptrdiff_t>(key.size())) return key;
  }
}

}  // namespace lamplight::identity
