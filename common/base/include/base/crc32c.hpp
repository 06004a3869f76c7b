#pragma once

#include <cstdint>

#include "base/ids.hpp"

namespace lamplight {

/// CRC-32C (Castagnoli), as in iSCSI (RFC 3720): crc32c("123456789") == 0xE3069283.
/// `seed` continues an earlier value: crc32c(b, crc32c(a)) == crc32c(a + b).
[[nodiscard]] std::uint32_t crc32c(Bytes bytes, std::uint32_t seed = 0);

}  // namespace lamplight
