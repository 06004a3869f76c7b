#include "base/sha256.hpp"
#include "log_fixture.hpp"
#include "segment_file.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::HasSubstr;

// Format 1, for ever: these bytes were written by the first release and must read the same in every later one.
constexpr const char* kBatchHex =
    "4c4c423101000000c7000000020000002a0000000000000040222018240a0600290000000000000000010203"
    "0405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00000000000000000000000000000000"
    "000000002498322d97a6696e74616b6500000007c09296ae616c6572742e7265636569766564c41000000000"
    "00000000000000000000000100c001c405666972737496ae616c6572742e7265636569766564c41000000000"
    "00000000000000000000000200c001c4067365636f6e64";
constexpr const char* kBatchHash =
    "b56d00851f7c74ebbc3136ae3a761b423ecec1f8a54f342b0c02a35cec8df41a";
constexpr const char* kSegmentHeaderHex =
    "4c4c533101000000a0a1a2a3a4a5a6a7a8a9aaabacadaeaf010000000000000001000000000000007e205cf1"
    "ad4da5469a6d94de596a0437e80701e98d23451249cfb3e1d502c364";  // its first 72 bytes; zeros up to the CRC
constexpr const char* kSegmentHeaderCrcHex = "570bb0a1";
constexpr const char* kGenesisHash =
    "7e205cf1ad4da5469a6d94de596a0437e80701e98d23451249cfb3e1d502c364";

std::string golden_batch_bytes() { return from_hex(kBatchHex).value(); }

BatchHeader golden_header() {
  BatchHeader header;
  header.count = 2;
  header.first_offset = Offset{42};
  header.time = TimeUs{1'700'000'000'123'456};
  header.synced_through = Offset{41};
  for (std::size_t i = 0; i < 32; ++i) header.prev_hash.bytes[i] = static_cast<std::uint8_t>(i);
  return header;
}

Header golden_log() {
  Header log;
  for (std::size_t i = 0; i < 16; ++i) log.id.bytes[i] = static_cast<std::uint8_t>(0xA0 + i);
  log.seeded = true;
  return log;
}

TEST(BatchFormat, WritesTheGoldenBytes) {
  std::string batch(kBatchHeaderBytes, '\0');
  batch += encode({"intake", 7, {"first", "second"}, "alert.received", {}});

  seal_batch(batch, golden_header());

  EXPECT_EQ(to_hex(as_bytes(batch)), kBatchHex);
}

TEST(BatchFormat, ReadsTheGoldenBytes) {
  const std::string bytes = golden_batch_bytes();

  const auto header = check_batch(as_bytes(bytes)).value();

  EXPECT_EQ(header.bytes, bytes.size());
  EXPECT_EQ(header.count, 2U);
  EXPECT_EQ(header.first_offset, Offset{42});
  EXPECT_EQ(header.last(), Offset{43});
  EXPECT_EQ(header.time, TimeUs{1'700'000'000'123'456});
  EXPECT_EQ(header.synced_through, Offset{41});
  EXPECT_EQ(header.prev_hash, golden_header().prev_hash);
  EXPECT_EQ(to_hex(sha256(as_bytes(bytes)).span()), kBatchHash);
  EXPECT_TRUE(check_frames(header, as_bytes(bytes).subspan(kBatchHeaderBytes)));
}

TEST(BatchFormat, EveryFlippedBitIsNoticed) {
  const std::string golden = golden_batch_bytes();
  for (std::size_t bit = 0; bit < golden.size() * 8; ++bit) {
    std::string bytes = golden;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(check_batch(as_bytes(bytes))) << "bit " << bit;
  }
}

TEST(BatchFormat, EveryTruncationIsNoticed) {
  const std::string golden = golden_batch_bytes();
  for (std::size_t size = 1; size < golden.size(); ++size) {
    const auto outcome = check_batch(as_bytes(golden).first(size));
    ASSERT_FALSE(outcome) << size;
    ASSERT_EQ(outcome.error().code(), Code::kDamaged) << size;
  }
}

TEST(BatchFormat, ZerosAreNoBatchRatherThanABadOne) {
  EXPECT_EQ(check_batch(as_bytes(std::string(500, '\0'))).error().code(), Code::kNotFound);
  EXPECT_EQ(check_batch({}).error().code(), Code::kNotFound);
}

TEST(BatchFormat, BytesBehindTheBatchDoNotMatter) {
  EXPECT_TRUE(check_batch(as_bytes(golden_batch_bytes() + "next")));
}

TEST(BatchFormat, FramesAndCountHaveToAgree) {
  const std::string bytes = golden_batch_bytes();
  BatchHeader header = golden_header();
  header.count = 3;

  const auto outcome = check_frames(header, as_bytes(bytes).subspan(kBatchHeaderBytes));

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message(), HasSubstr("2 events, the batch header counts 3"));
}

TEST(SegmentFormat, TheHeaderIsTheGoldenOne) {
  const ChainHash genesis = genesis_hash(golden_log());
  EXPECT_EQ(to_hex(genesis.span()), kGenesisHash);

  const std::string block = encode_segment_header({golden_log(), Offset{1}, genesis});

  ASSERT_EQ(block.size(), 4096U);
  EXPECT_EQ(to_hex(as_bytes(block).first(72)), kSegmentHeaderHex);
  EXPECT_EQ(to_hex(as_bytes(block).last(4)), kSegmentHeaderCrcHex);
  EXPECT_EQ(block.find_first_not_of('\0', 72), 4092U);
  const auto read = decode_segment_header(as_bytes(block), "x").value();
  EXPECT_EQ(read.log.id, golden_log().id);
  EXPECT_TRUE(read.log.seeded);
  EXPECT_EQ(read.first, Offset{1});
  EXPECT_EQ(read.prev_hash, genesis);
}

TEST(SegmentFormat, NamesGiveTheFirstOffset) {
  EXPECT_EQ(segment_name(Offset{42}), "00000000000000000042.seg");
  EXPECT_EQ(offset_of_segment("00000000000000000042.seg"), Offset{42});
  for (const char* other : {"42.seg", "00000000000000000042.idx", "0000000000000000004x.seg",
                            "00000000000000000000.seg"}) {
    EXPECT_FALSE(offset_of_segment(other)) << other;
  }
}

}  // namespace
}  // namespace lamplight::log::test
