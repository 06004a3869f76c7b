#pragma once

#include "model/item_parser.hpp"

namespace lamplight {

using AlertParser = ItemParser<AlertReceived>;
inline constexpr std::size_t kMaxAlertJsonBytes = kMaxItemJsonBytes;
inline constexpr std::size_t kMaxAlertJsonKeys = kMaxItemJsonKeys;
inline constexpr std::size_t kMaxAlertJsonDepth = kMaxItemJsonDepth;

}  // namespace lamplight
