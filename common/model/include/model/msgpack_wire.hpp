#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/alert.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"
#include "model/results.hpp"

/// How each value type lies in MessagePack: write, read and reset, the alphabet that described types are spelt in.
/// Reads never allocate once a vector has room; what does not fit fails the reader.
namespace lamplight::wire {

/// More elements than any schema allows: such bytes are no payload of ours.
inline constexpr std::uint32_t kMaxElements = 256;

void write(MsgpackWriter& out, std::string_view value);
void write(MsgpackWriter& out, AlertStatus value);
void write(MsgpackWriter& out, std::int64_t value);
void write(MsgpackWriter& out, const Id16& value);
void write(MsgpackWriter& out, const Stamp& value);       // [us, minutes]
void write(MsgpackWriter& out, const PlaceCode& value);   // [scheme, code]
void write(MsgpackWriter& out, const StageStamp& value);  // [stage, [us, minutes]]
void write(MsgpackWriter& out, Bound value);
void write(MsgpackWriter& out, const Count& value);  // [what, kind, result, n, bound]

void read(MsgpackReader& in, std::string_view& value);
void read(MsgpackReader& in, AlertStatus& value);
void read(MsgpackReader& in, std::int64_t& value);
void read(MsgpackReader& in, Id16& value);
void read(MsgpackReader& in, Stamp& value);
void read(MsgpackReader& in, PlaceCode& value);
void read(MsgpackReader& in, StageStamp& value);
void read(MsgpackReader& in, Bound& value);
void read(MsgpackReader& in, Count& value);

template <typename T>
void write(MsgpackWriter& out, const std::optional<T>& value) {
  if (value) write(out, *value);
  else out.nil();
}

template <typename T>
void write(MsgpackWriter& out, const std::vector<T>& values) {
  out.array(static_cast<std::uint32_t>(values.size()));
  for (const T& value : values) write(out, value);
}

template <typename T>
void read(MsgpackReader& in, std::optional<T>& value) {
  if (in.take_nil()) value.reset();
  else read(in, value.emplace());
}

template <typename T>
void read(MsgpackReader& in, std::vector<T>& values) {
  values.clear();
  const std::uint32_t count = in.array();
  if (count > kMaxElements) in.fail();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) read(in, values.emplace_back());
}

template <typename T>
void reset(T& value) {
  value = T{};
}
template <typename T>
void reset(std::vector<T>& values) {
  values.clear();
}

}  // namespace lamplight::wire
