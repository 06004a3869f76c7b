#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/wire.hpp"

namespace lamplight::bus {

/// Why a frame is not taken: what REFUSED tells beside the frame's own numbers.
struct Refusal {
  std::string code;
  std::string message;
  std::optional<Seq> expected{};
  std::optional<std::uint32_t> index{};
  std::vector<wire::KnownKey> known{};
};

}  // namespace lamplight::bus
