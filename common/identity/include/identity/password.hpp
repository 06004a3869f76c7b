#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/env.hpp"
#include "base/result.hpp"

/// Passwords of officers: Argon2id by libsodium.
namespace lamplight::identity {

/// What one hash costs. The default takes about 0.1 s of one core and 64 MiB; tests take less.
struct PasswordCost {
  std::uint64_t passes = 2;
  std::size_t bytes = 64U << 20;
};

inline constexpr std::size_t kMinPasswordBytes = 12;
inline constexpr std::size_t kMaxPasswordBytes = 128;

/// "$argon2id$…", with a salt of libsodium's own. Errors: kInvalid (length), kOverloaded (no memory for it).
[[nodiscard]] Result<std::string> hash_password(std::string_view password,
                                                const PasswordCost& cost = {});
/// Takes the hash's own cost, whatever the password: its time tells nothing of how much of it was right.
[[nodiscard]] bool verify_password(const std::string& hash, std::string_view password);

/// About 118 random bits in six groups of four letters and digits that are not taken for each other.
[[nodiscard]] std::string random_password(Random& random);
/// An officer's key on the log: 32 hexadecimal digits, letters and digits among them.
[[nodiscard]] std::string random_officer_key(Random& random);

}  // namespace lamplight::identity
