#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace lamplight {

/// What a publisher says: [subject, id16, cause, dedupe16|nil, schema, payload]. Views into the frame that holds it.
struct EventContent {
  std::string_view subject;    ///< dotted, lower case, noun.verb-past: alert.received
  Id16 id;                     ///< UUIDv7 from edges
  Offset cause;                ///< offset that led to it; 0 at an edge
  std::optional<Id16> dedupe;  ///< refuses a second event with this key within the dedupe window
  std::uint32_t schema = 1;    ///< version of the payload's schema
  Bytes payload;               ///< MessagePack array in schema order
};

/// An event as it lies on the log: content, place, time, and whose frame it came in.
/// Views point into a delivery or a batch and end with it.
struct Event : EventContent {
  Offset offset;
  TimeUs time;  ///< bus time of the batch: when we knew
  std::string_view producer;
  std::uint64_t epoch = 0;  ///< 0 from edges
  Offset prev;              ///< the frame's prev and through, for deciders' outputs
  Offset through;
};

/// A subject or producer name that may stand in a frame: 1..128 bytes of [a-z0-9_] tokens joined by dots.
[[nodiscard]] bool is_valid_subject(std::string_view subject);
/// [a-z0-9_-] and one '/', 1..64 bytes: `intake`, `outer/clock`.
[[nodiscard]] bool is_valid_name(std::string_view name);
/// A filter: tokens, `*` for one token, `>` as last token for one or more.
[[nodiscard]] bool is_valid_pattern(std::string_view pattern);
/// Whether the pattern takes the subject. Subjects that begin with `control.` are matched by no wildcard: each of their
/// tokens must stand in the pattern.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view subject);

}  // namespace lamplight
