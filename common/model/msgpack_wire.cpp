#include "model/msgpack_wire.hpp"

#include <algorithm>

#include "model/rfc3339.hpp"

namespace lamplight::wire {

void write(MsgpackWriter& out, std::string_view value) { out.str(value); }
void write(MsgpackWriter& out, AlertStatus value) { out.uint(static_cast<std::uint64_t>(value)); }
void write(MsgpackWriter& out, std::int64_t value) { out.sint(value); }
void write(MsgpackWriter& out, const Id16& value) { out.bin(value.span()); }

void write(MsgpackWriter& out, const Stamp& value) {
  out.array(2);
  out.sint(value.at.value);
  out.sint(value.offset_minutes);
}

void write(MsgpackWriter& out, const PlaceCode& value) {
  out.array(2);
  out.str(value.scheme);
  out.str(value.code);
}

void write(MsgpackWriter& out, const StageStamp& value) {
  out.array(2);
  out.str(value.stage);
  write(out, value.at);
}

void write(MsgpackWriter& out, Bound value) { out.uint(static_cast<std::uint64_t>(value)); }

void write(MsgpackWriter& out, const Count& value) {
  out.array(5);
  out.str(value.what);
  out.str(value.kind);
  out.str(value.result);
  out.sint(value.n);
  write(out, value.bound);
}

void read(MsgpackReader& in, std::string_view& value) { value = in.str(); }
void read(MsgpackReader& in, std::int64_t& value) { value = in.sint(); }

void read(MsgpackReader& in, AlertStatus& value) {
  const std::uint64_t number = in.uint();
  if (number > static_cast<std::uint64_t>(AlertStatus::kDraft)) return in.fail();
  value = static_cast<AlertStatus>(number);
}

void read(MsgpackReader& in, Id16& value) {
  const Bytes bytes = in.bin();
  if (bytes.size() != value.bytes.size()) return in.fail();
  std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
}

void read(MsgpackReader& in, Stamp& value) {
  if (in.array() != 2) in.fail();
  const std::int64_t at = in.sint();
  const std::int64_t minutes = in.sint();
  if (minutes < -kMaxZoneMinutes || minutes > kMaxZoneMinutes) return in.fail();
  value = Stamp{TimeUs{at}, static_cast<std::int16_t>(minutes)};
  if (!is_sane(value)) in.fail();
}

void read(MsgpackReader& in, PlaceCode& value) {
  if (in.array() != 2) in.fail();
  value.scheme = in.str();
  value.code = in.str();
}

void read(MsgpackReader& in, StageStamp& value) {
  if (in.array() != 2) in.fail();
  value.stage = in.str();
  read(in, value.at);
}

void read(MsgpackReader& in, Bound& value) {
  const std::uint64_t number = in.uint();
  if (number > static_cast<std::uint64_t>(Bound::kReaches)) return in.fail();
  value = static_cast<Bound>(number);
}

void read(MsgpackReader& in, Count& value) {
  if (in.array() != 5) in.fail();
  value.what = in.str();
  value.kind = in.str();
  value.result = in.str();
  value.n = in.sint();
  read(in, value.bound);
}

}  // namespace lamplight::wire
