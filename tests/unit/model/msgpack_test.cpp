#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <msgpack.hpp>

#include "model/limits.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight {
namespace {

std::string text() {
  return *rc::gen::scale(*rc::gen::inRange(1, 8), rc::gen::arbitrary<std::string>());
}

// Packs a random value with msgpack-c, nested a little.
void pack_random(msgpack::packer<msgpack::sbuffer>& packer, int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 11 : 9);
  switch (kind) {
    case 0: packer.pack_nil(); break;
    case 1: packer.pack(*rc::gen::arbitrary<bool>()); break;
    case 2: packer.pack(*rc::gen::scale(10.0, rc::gen::arbitrary<std::uint64_t>())); break;
    case 3: packer.pack(*rc::gen::scale(10.0, rc::gen::arbitrary<std::int64_t>())); break;
    case 4: packer.pack(*rc::gen::arbitrary<std::int32_t>()); break;
    case 5: packer.pack(*rc::gen::arbitrary<double>()); break;
    case 6: packer.pack(text()); break;
    case 7: {
      const std::string bytes = text();
      packer.pack_bin(static_cast<std::uint32_t>(bytes.size()));
      packer.pack_bin_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
      break;
    }
    case 8: {
      const std::string bytes = text();
      packer.pack_ext(bytes.size(), 1);
      packer.pack_ext_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
      break;
    }
    case 9: {
      const auto size = *rc::gen::inRange<std::uint32_t>(0, 20);
      packer.pack_array(size);
      for (std::uint32_t i = 0; i < size; ++i) pack_random(packer, depth - 1);
      break;
    }
    default: {
      const auto size = *rc::gen::inRange<std::uint32_t>(0, 18);
      packer.pack_map(size);
      for (std::uint32_t i = 0; i < 2 * size; ++i) pack_random(packer, depth - 1);
    }
  }
}

// Reads with our reader what msgpack-c says is there.
void expect_same(MsgpackReader& reader, const msgpack::object& object) {
  switch (object.type) {
    case msgpack::type::NIL: RC_ASSERT(reader.take_nil()); break;
    case msgpack::type::BOOLEAN: RC_ASSERT(reader.boolean() == object.via.boolean); break;
    case msgpack::type::POSITIVE_INTEGER: RC_ASSERT(reader.uint() == object.via.u64); break;
    case msgpack::type::NEGATIVE_INTEGER: RC_ASSERT(reader.sint() == object.via.i64); break;
    case msgpack::type::STR:
      RC_ASSERT(reader.str() == std::string_view(object.via.str.ptr, object.via.str.size));
      break;
    case msgpack::type::BIN:
      RC_ASSERT(as_text(reader.bin()) == std::string_view(object.via.bin.ptr, object.via.bin.size));
      break;
    case msgpack::type::ARRAY:
      RC_ASSERT(reader.array() == object.via.array.size);
      for (std::uint32_t i = 0; i < object.via.array.size; ++i)
        expect_same(reader, object.via.array.ptr[i]);
      break;
    case msgpack::type::MAP:
      RC_ASSERT(reader.map() == object.via.map.size);
      for (std::uint32_t i = 0; i < object.via.map.size; ++i) {
        expect_same(reader, object.via.map.ptr[i].key);
        expect_same(reader, object.via.map.ptr[i].val);
      }
      break;
    default: (void)reader.skip();  // floats and extensions: passed over whole
  }
}

RC_GTEST_PROP(MsgpackReaderProperty, ReadsWhatMsgpackCReads, ()) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> packer(buffer);
  pack_random(packer, 3);
  const msgpack::object_handle handle = msgpack::unpack(buffer.data(), buffer.size());
  const Bytes bytes = as_bytes(std::string_view(buffer.data(), buffer.size()));

  MsgpackReader reader(bytes);
  expect_same(reader, handle.get());
  RC_ASSERT(reader.ok());
  RC_ASSERT(reader.at_end());

  MsgpackReader skipper(bytes);
  RC_ASSERT(skipper.skip().size() == bytes.size());
  RC_ASSERT(skipper.at_end());
}

RC_GTEST_PROP(MsgpackReaderProperty, EveryCutFailsAndStaysFailed, ()) {
  msgpack::sbuffer buffer;
  msgpack::packer<msgpack::sbuffer> packer(buffer);
  pack_random(packer, 2);
  const auto size = *rc::gen::inRange<std::size_t>(0, buffer.size());

  MsgpackReader reader(as_bytes(std::string_view(buffer.data(), size)));
  RC_ASSERT(reader.skip().empty());
  RC_ASSERT(!reader.ok());
  RC_ASSERT(reader.uint() == 0U);
  RC_ASSERT(reader.str().empty());
  RC_ASSERT(!reader.ok());
}

RC_GTEST_PROP(MsgpackReaderProperty, AnyBytesAreReadWithinTheirBounds,
              (const std::vector<std::uint8_t>& bytes)) {
  MsgpackReader reader(Bytes{bytes.data(), bytes.size()});
  while (reader.ok() && !reader.at_end()) (void)reader.skip();
  RC_ASSERT(reader.position() <= bytes.size());
  for (auto read :
       {+[](MsgpackReader& r) { (void)r.array(); }, +[](MsgpackReader& r) { (void)r.map(); },
        +[](MsgpackReader& r) { (void)r.uint(); }, +[](MsgpackReader& r) { (void)r.sint(); },
        +[](MsgpackReader& r) { (void)r.str(); }, +[](MsgpackReader& r) { (void)r.bin(); },
        +[](MsgpackReader& r) { (void)r.boolean(); },
        +[](MsgpackReader& r) { (void)r.take_nil(); }}) {
    MsgpackReader one(Bytes{bytes.data(), bytes.size()});
    read(one);
    RC_ASSERT(one.position() <= bytes.size());
  }
}

RC_GTEST_PROP(MsgpackWriterProperty, MsgpackCReadsWhatIsWritten,
              (std::uint64_t u, std::int64_t s, bool b, const std::string& text,
               const std::string& raw)) {
  MsgpackWriter out;
  out.array(7);
  out.uint(u);
  out.sint(s);
  out.boolean(b);
  out.nil();
  out.str(text);
  out.bin(as_bytes(raw));
  out.map(1);
  out.str("k");
  out.uint(1);
  const auto handle = msgpack::unpack(out.buffer().data(), out.buffer().size());

  const auto& items = handle.get().via.array;
  RC_ASSERT(items.size == 7U);
  RC_ASSERT(items.ptr[0].as<std::uint64_t>() == u);
  RC_ASSERT(items.ptr[1].as<std::int64_t>() == s);
  RC_ASSERT(items.ptr[2].as<bool>() == b);
  RC_ASSERT(items.ptr[3].is_nil());
  RC_ASSERT(items.ptr[4].type == msgpack::type::STR);
  RC_ASSERT(items.ptr[4].as<std::string>() == text);
  RC_ASSERT(items.ptr[5].type == msgpack::type::BIN);
  RC_ASSERT(std::string(items.ptr[5].via.bin.ptr, items.ptr[5].via.bin.size) == raw);
  RC_ASSERT(items.ptr[6].via.map.size == 1U);
}

TEST(MsgpackReader, NestingBeyondTheLimitIsRefused) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '\x91') + '\xC0';
  };
  const std::string fits = nested(kMaxDepth);
  const std::string deep = nested(kMaxDepth + 1);
  const std::string bomb(4U << 20, '\x91');

  MsgpackReader within(as_bytes(fits));
  EXPECT_EQ(within.skip().size(), fits.size());
  for (const std::string& bytes : {deep, bomb}) {
    MsgpackReader beyond(as_bytes(bytes));
    (void)beyond.skip();
    EXPECT_FALSE(beyond.ok());
  }
}

TEST(MsgpackReader, ACountThatTheBytesCannotHoldIsALie) {
  using namespace std::string_view_literals;
  for (const std::string_view lie :
       {"\xDD\xFF\xFF\xFF\xFF\xC0"sv, "\xDC\x00\x02\xC0"sv, "\x92\xC0"sv}) {
    MsgpackReader reader(as_bytes(lie));
    EXPECT_EQ(reader.array(), 0U);
    EXPECT_FALSE(reader.ok());
  }
  MsgpackReader map(as_bytes("\xDF\xFF\xFF\xFF\xFF\xC0\xC0"sv));
  EXPECT_EQ(map.map(), 0U);
  EXPECT_FALSE(map.ok());
  for (const std::string_view lie : {"\xDB\xFF\xFF\xFF\xFFx"sv, "\xD9\x02x"sv, "\xA2x"sv}) {
    MsgpackReader reader(as_bytes(lie));
    EXPECT_EQ(reader.str(), "");
    EXPECT_FALSE(reader.ok());
  }
}

TEST(MsgpackReader, NumbersOfTheWrongSignOrSizeAreRefused) {
  using namespace std::string_view_literals;
  MsgpackReader negative(as_bytes("\xFF"sv));
  (void)negative.uint();
  EXPECT_FALSE(negative.ok());
  MsgpackReader large(as_bytes("\xCF\x80\x00\x00\x00\x00\x00\x00\x00"sv));
  (void)large.sint();
  EXPECT_FALSE(large.ok());
  MsgpackReader fraction(as_bytes("\xCA\x3F\x80\x00\x00"sv));
  (void)fraction.uint();
  EXPECT_FALSE(fraction.ok());
}

}  // namespace
}  // namespace lamplight
