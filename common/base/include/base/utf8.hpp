#pragma once

#include <string>
#include <string_view>

namespace lamplight {

/// Whether `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

/// `text` with every byte that is not part of well-formed UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string to_utf8(std::string_view text);

}  // namespace lamplight
