#pragma once

#include <cstddef>
#include <cstdint>

/// The bounds of DESIGN §3, told to every client in WELCOME.
namespace lamplight {

inline constexpr std::size_t kMaxEventBytes = 1U << 20;  ///< one event as encoded in a frame
inline constexpr std::size_t kMaxFrameBytes = 4U << 20;  ///< one frame whole
inline constexpr std::uint32_t kMaxFrameEvents = 4096;
inline constexpr std::size_t kMaxBatchBytes = 8U << 20;  ///< one batch with its header
inline constexpr std::size_t kMaxSubjectBytes = 128;
inline constexpr std::size_t kMaxNameBytes = 64;        ///< producer and consumer names
inline constexpr std::uint64_t kFenceNumbers = 65'536;  ///< numbers a producer can still resend
inline constexpr std::size_t kDedupeKeys = 1'000'000;   ///< the dedupe window in keys ...
inline constexpr std::int64_t kDedupeUs =
    24LL * 3600 * 1'000'000;          ///< ... or in bus time, whichever ends first
inline constexpr int kMaxDepth = 32;  ///< nesting of MessagePack we read

}  // namespace lamplight
