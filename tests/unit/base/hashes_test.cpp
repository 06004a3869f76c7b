#include <gtest/gtest.h>

#include <string>

#include "base/crc32c.hpp"
#include "base/sha256.hpp"

namespace lamplight {
namespace {

// RFC 3720, appendix B.4, and the check value every CRC catalogue gives.
TEST(Crc32c, GivesThePublishedAnswers) {
  std::string rising(32, '\0');
  std::string falling(32, '\0');
  for (std::size_t i = 0; i < 32; ++i) {
    rising[i] = static_cast<char>(i);
    falling[i] = static_cast<char>(31 - i);
  }
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(as_bytes(std::string(32, '\0'))), 0x8A9136AAU);
  EXPECT_EQ(crc32c(as_bytes(std::string(32, '\xFF'))), 0x62A8AB43U);
  EXPECT_EQ(crc32c(as_bytes(rising)), 0x46DD794EU);
  EXPECT_EQ(crc32c(as_bytes(falling)), 0x113FDB5CU);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, GoesOnFromAnEarlierValueAtAnyCut) {
  const std::string text = "the log, cut anywhere, has one checksum";
  const std::uint32_t whole = crc32c(as_bytes(text));
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(as_bytes(text).subspan(cut), crc32c(as_bytes(text).first(cut))), whole)
        << "cut at " << cut;
  }
}

// FIPS 180-2, appendix B.
TEST(Sha256, GivesThePublishedAnswers) {
  EXPECT_EQ(to_hex(sha256({}).span()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc")).span()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesHashAsTheWholeAndTheHasherCanBeUsedAgain) {
  Sha256 hash;
  for (int round = 0; round < 2; ++round) {
    hash.update(as_bytes("a"));
    hash.update({});
    hash.update(as_bytes("bc"));
    EXPECT_EQ(hash.finish(), sha256(as_bytes("abc")));
  }
}

}  // namespace
}  // namespace lamplight
