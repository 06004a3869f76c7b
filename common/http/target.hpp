#pragma once

#include <string_view>

#include "http/server.hpp"

namespace lamplight::http {

/// Splits `raw`, a request target in origin form, into `request.path` (percent-decoded) and `request.query`.
///
/// Errors: kInvalid, naming the rule and never the target: not in origin form, a character that needs encoding, a
///   broken escape, an encoded control character, slash or backslash in the path, a "." or ".." segment, bytes that
///   are not UTF-8. Two servers could read such a target differently, so it is refused rather than repaired.
[[nodiscard]] Result<void> parse_target(std::string_view raw, Request& request);

}  // namespace lamplight::http
