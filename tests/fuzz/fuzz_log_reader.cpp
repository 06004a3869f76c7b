#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "base/crc32c.hpp"
#include "index_builder.hpp"
#include "log/batch.hpp"
#include "segment_scan.hpp"
#include "sidecar.hpp"

// Bytes as a log's files may hold them after damage, or as somebody forged them with the right checksums. The first byte
// chooses the file.
namespace {

using namespace lamplight;
using namespace lamplight::log;

class MemoryFile final : public File {
 public:
  explicit MemoryFile(std::string content) : content_(std::move(content)) {}
  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    if (at >= content_.size()) return std::size_t{0};
    const std::size_t n = std::min<std::size_t>(out.size(), content_.size() - at);
    std::memcpy(out.data(), content_.data() + at, n);
    return n;
  }
  Result<void> write_at(std::uint64_t, Bytes) override { return Error(Code::kIo, "read-only"); }
  Result<void> sync() override { return Error(Code::kIo, "read-only"); }
  Result<std::uint64_t> size() const override { return std::uint64_t{content_.size()}; }
  Result<void> truncate(std::uint64_t) override { return Error(Code::kIo, "read-only"); }

 private:
  std::string content_;
};

void require(bool holds) {
  if (!holds) std::abort();
}

// What every accepted batch promises to those who read it later without checking again.
void walk(Bytes batch, const BatchHeader& header) {
  if (!check_frames(header, batch.subspan(kBatchHeaderBytes))) return;
  const Batch whole{header, {}, std::string(as_text(batch.first(header.bytes)))};
  std::uint64_t events = 0;
  for_each_event(whole, [&](const Event& event) {
    require(event.offset == header.first_offset.plus(events++));
  });
  require(events == header.count);
  IndexBuilder builder(header.first_offset);
  builder.add(header, {}, as_bytes(whole.bytes), 4096);
  const SegmentIndex index = builder.take();
  require(index.last == header.last());
  require(decode_sidecar(as_bytes(encode_sidecar(index))).value() == index);
}

void as_batch(Bytes bytes) {
  const auto header = check_batch(bytes);
  if (header) walk(bytes.first(header->bytes), *header);
}

// The frames are the fuzzer's, the header is right but for the count, which is the fuzzer's too.
void as_frames(Bytes bytes) {
  if (bytes.size() < 2) return;
  std::string batch(kBatchHeaderBytes, '\0');
  batch += as_text(bytes.subspan(1));
  BatchHeader header;
  header.count = bytes[0];
  header.first_offset = Offset{7};
  header.synced_through = Offset{6};
  seal_batch(batch, header);
  const auto read = check_batch(as_bytes(batch));
  if (read) walk(as_bytes(batch), *read);
}

void as_segment(Bytes bytes) {
  const SegmentHeader header{{}, Offset{1}, {}};
  const auto file = std::make_shared<const MemoryFile>(encode_segment_header(header) +
                                                       std::string(as_text(bytes)));
  const auto scan = scan_segment(file, "fuzzed", header, TimeUs{}).value();
  require(scan.content_end >= scan.end);
  if (!scan.fault) return;
  require(scan.fault->code() == Code::kDamaged);
  require(!scan.fault_is_whole || scan.synced_by);
  require(count_torn_batches(*file, scan).ok());
}

// Past the envelope, whose CRC would keep the fuzzer out.
void as_small_file(const char* magic, Bytes body) {
  std::string file(magic, 4);
  for (int i = 0; i < 4; ++i) file.push_back(static_cast<char>(crc32c(body) >> (8 * i)));
  for (int i = 0; i < 8; ++i)
    file.push_back(static_cast<char>(std::uint64_t{body.size()} >> (8 * i)));
  file += as_text(body);
  if (const auto index = decode_sidecar(as_bytes(file))) {
    require(decode_sidecar(as_bytes(encode_sidecar(*index))).value() == *index);
  }
  (void)decode_clean_stop(as_bytes(file));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes bytes(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0: as_batch(bytes); break;
    case 1: as_frames(bytes); break;
    case 2: as_segment(bytes); break;
    case 3: as_small_file("LLX1", bytes); break;
    default: as_small_file("LLC1", bytes); break;
  }
  return 0;
}
