#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/crc32c.hpp"
#include "sidecar.hpp"

// The small files beside a log's segments, as damage may leave them or as somebody forged them with the right checksum.
// The first byte chooses: the file as it is, or the body of one whose envelope is right.
namespace {

using namespace lamplight;
using namespace lamplight::log;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string enclosed(const char* magic, Bytes body) {
  std::string file(magic, 4);
  for (int i = 0; i < 4; ++i) file.push_back(static_cast<char>(crc32c(body) >> (8 * i)));
  for (int i = 0; i < 8; ++i)
    file.push_back(static_cast<char>(std::uint64_t{body.size()} >> (8 * i)));
  return file + std::string(as_text(body));
}

// Whatever is accepted says the same when it is written and read again.
void read(Bytes file) {
  if (const auto index = decode_sidecar(file)) {
    require(decode_sidecar(as_bytes(encode_sidecar(*index))).value() == *index);
  } else {
    require(index.error().code() == Code::kDamaged);
  }
  if (const auto stop = decode_clean_stop(file)) {
    const std::string again = encode_clean_stop(*stop);
    require(encode_clean_stop(decode_clean_stop(as_bytes(again)).value()) == again);
  } else {
    require(stop.error().code() == Code::kDamaged);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes bytes(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0: read(bytes); break;
    case 1: read(as_bytes(enclosed("LLX1", bytes))); break;
    default: read(as_bytes(enclosed("LLC1", bytes))); break;
  }
  return 0;
}
