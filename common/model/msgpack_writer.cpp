#include "model/msgpack_writer.hpp"

#include <msgpack.hpp>
#include <utility>

namespace lamplight {

namespace {
// What msgpack::packer wants of a stream.
struct Sink {
  std::string& out;
  void write(const char* data, std::size_t size) { out.append(data, size); }
};
}  // namespace

#define LAMPLIGHT_PACK(call)          \
  Sink sink{buffer_};                 \
  msgpack::packer<Sink> packer(sink); \
  packer.call

void MsgpackWriter::array(std::uint32_t size) { LAMPLIGHT_PACK(pack_array(size)); }
void MsgpackWriter::map(std::uint32_t size) { LAMPLIGHT_PACK(pack_map(size)); }
void MsgpackWriter::nil() { LAMPLIGHT_PACK(pack_nil()); }
void MsgpackWriter::boolean(bool value) { LAMPLIGHT_PACK(pack(value)); }
void MsgpackWriter::uint(std::uint64_t value) { LAMPLIGHT_PACK(pack_uint64(value)); }
void MsgpackWriter::sint(std::int64_t value) { LAMPLIGHT_PACK(pack_int64(value)); }
void MsgpackWriter::str(std::string_view text) {
  LAMPLIGHT_PACK(pack_str(static_cast<std::uint32_t>(text.size())));
  buffer_.append(text);
}
void MsgpackWriter::bin(Bytes bytes) {
  LAMPLIGHT_PACK(pack_bin(static_cast<std::uint32_t>(bytes.size())));
  buffer_.append(as_text(bytes));
}
void MsgpackWriter::raw(Bytes encoded) { buffer_.append(as_text(encoded)); }

#undef LAMPLIGHT_PACK

std::string MsgpackWriter::take() { return std::exchange(buffer_, {}); }

}  // namespace lamplight
