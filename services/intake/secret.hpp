#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/env.hpp"
#include "kinds.hpp"

namespace lamplight::intake {

/// Intake's secret: with it, references, keys and bodies become 16-byte names that nobody can make or guess without it.
///
/// 32 random bytes in `secrets/intake.key` (hex, 0600), made at the first start, before anything is accepted under them.
/// It belongs to the log: with another secret every repeat would look new. Threads: any; const after load.
class Secret {
 public:
  explicit Secret(std::array<std::uint8_t, 32> bytes) : bytes_(bytes) {}
  /// Reads the file or makes it. Errors: kIo, kInvalid when the file holds no such key.
  [[nodiscard]] static Result<Secret> load(const Env& env, const std::string& folder);

  /// Keyed BLAKE2b of the parts, each led by its length, so that no two lists of parts are alike.
  [[nodiscard]] Id16 name(std::initializer_list<std::string_view> parts) const;
  [[nodiscard]] Id16 digest(Bytes body) const;
  /// The name of a partner's reference of an alert: dedupe key of the event and key of the state.
  [[nodiscard]] Id16 reference(std::string_view partner, std::string_view partner_ref) const {
    return name({"reference", partner, partner_ref});
  }
  /// The same of any kind: each kind has references of its own.
  [[nodiscard]] Id16 reference(Kind kind, std::string_view partner,
                               std::string_view partner_ref) const;
  /// The name of an Idempotency-Key; each kind has keys of its own.
  [[nodiscard]] Id16 key(Kind kind, std::string_view partner, std::string_view key) const;
  /// The name of an Idempotency-Key for the item at that place of a bulk body.
  [[nodiscard]] Id16 key(Kind kind, std::string_view partner, std::string_view key,
                         std::uint64_t index) const;

 private:
  std::array<std::uint8_t, 32> bytes_;
};

}  // namespace lamplight::intake
