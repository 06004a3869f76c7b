#include "sidecar.hpp"
#include "log_fixture.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class SidecarTest : public LogTest {
 protected:
  [[nodiscard]] std::string first_sidecar() const { return path("00000000000000000001.idx"); }
  std::vector<SegmentIndex> indexes(Log& log) {
    std::vector<SegmentIndex> all;
    EXPECT_TRUE(log.visit_indexes([](const SegmentIndex&) { return true; },
                                  [&](const SegmentIndex& index) { all.push_back(index); }));
    return all;
  }
  static Id16 key(std::uint8_t n) {
    Id16 id;
    id.bytes[0] = n;
    return id;
  }
};

TEST_F(SidecarTest, TheIndexTellsSubjectsProducersFramesAndKeys) {
  const auto log = open();
  const std::string first = encode({"intake", 1, {"a", "b"}, "alert.received", key(7)});
  const std::string second = encode({"outer/clock", 1, {"c"}, "clearance.reported", {}});
  (void)append(*log, first, now_).value();
  (void)append(*log, second, now_).value();
  ASSERT_TRUE(sync(*log));

  const auto all = indexes(*log);

  ASSERT_THAT(all, SizeIs(1));
  const SegmentIndex& index = all.front();
  EXPECT_EQ(index.first, Offset{1});
  EXPECT_EQ(index.last, Offset{3});
  EXPECT_EQ(index.last_hash, log->synced_hash());
  EXPECT_EQ(index.subjects.at("alert.received"), (SubjectSpan{Offset{1}, Offset{2}, 2}));
  EXPECT_EQ(index.producers.at("outer/clock"), (SubjectSpan{Offset{3}, Offset{3}, 1}));
  EXPECT_THAT(index.dedupe, ElementsAre(DedupeRecord{key(7), Offset{1}, now_}));
  ASSERT_THAT(index.frames.at("intake"), SizeIs(1));
  EXPECT_EQ(index.frames.at("intake")[0].first_seq, Seq{1});
  EXPECT_EQ(index.frames.at("intake")[0].count, 2U);
  EXPECT_EQ(index.frames.at("outer/clock")[0].first_offset, Offset{3});
  EXPECT_NE(index.frames.at("intake")[0].hash, index.frames.at("outer/clock")[0].hash);
}

TEST_F(SidecarTest, OnlyFramesAProducerCanStillResendAreKept) {
  options_.segment_bytes = 4U << 20;
  const auto log = open();
  for (std::uint64_t seq = 1; seq <= 110'000; seq += 1000) {
    const std::vector<std::string> payloads(1000, "p");
    (void)append(*log, encode({"outer", seq, payloads, "alert.received", {}}), now_).value();
    if (seq % 5000 == 1) {
      ASSERT_TRUE(sync(*log));
    }
  }
  if (log->has_gathered()) {
    ASSERT_TRUE(sync(*log));
  }
  ASSERT_EQ(log->segment_count(), 2U);
  (void)indexes(*log);  // until the sidecar is written

  const auto sealed = read_sidecar(env_.env().disk, first_sidecar());

  ASSERT_TRUE(sealed) << sealed.error().message();
  const auto& frames = sealed->frames.at("outer");
  const std::uint64_t newest = frames.back().first_seq.value + 999;
  ASSERT_GT(newest, 66'536U) << "the segment holds more than a producer can resend";
  EXPECT_GT(frames.front().first_seq.value + 999 + 65'536, newest);
  EXPECT_LE(frames.front().first_seq.value + 65'536, newest + 1000)
      << "and no more is dropped than has to be";
  const auto result = verify(env_.env().disk, options_.folder, [](const Finding&) {});
  EXPECT_EQ(result->sidecar_findings, 0U) << "rebuilt from the segment it is the same";
}

TEST_F(SidecarTest, PlacesAreSparse) {
  options_.segment_bytes = 2U << 20;
  const auto log = open();
  for (int i = 0; i < 400; ++i) write(*log, {std::string(3000, 'x')});
  const SegmentIndex index = indexes(*log).back();

  ASSERT_THAT(index.places, SizeIs(5));  // 1.2 MiB in windows of 256 KiB
  EXPECT_EQ(index.places.front(), (SegmentIndex::Place{Offset{1}, 4096}));
  for (std::size_t i = 1; i < index.places.size(); ++i) {
    EXPECT_EQ(index.places[i].at / (256U << 10), i);
  }
}

TEST_F(SidecarTest, IndexesAreAskedNewestFirstAndGivenOldestFirst) {
  const auto log = open();
  fill_segments(*log, 4);
  std::vector<std::uint64_t> asked;
  std::vector<std::uint64_t> given;

  ASSERT_TRUE(log->visit_indexes(
      [&](const SegmentIndex& index) {
        asked.push_back(index.first.value);
        return asked.size() < 3;
      },
      [&](const SegmentIndex& index) { given.push_back(index.first.value); }));

  ASSERT_THAT(asked, SizeIs(3));
  EXPECT_GT(asked[0], asked[1]);
  EXPECT_GT(asked[1], asked[2]);
  EXPECT_EQ(given, std::vector<std::uint64_t>(asked.rbegin(), asked.rend()));
}

TEST_F(SidecarTest, AMissingSidecarIsRebuiltEqual) {
  {
    const auto log = open();
    fill_segments(*log, 3);
    ASSERT_TRUE(log->close());
  }
  const std::string before = read_all(first_sidecar());
  ASSERT_FALSE(before.empty());
  std::filesystem::remove(first_sidecar());

  const auto log = open();

  EXPECT_EQ(log->recovery().sidecars_rebuilt, 1U);
  EXPECT_EQ(read_all(first_sidecar()), before);
}

TEST_F(SidecarTest, ABadSidecarIsRebuiltWhenItIsAskedFor) {
  {
    const auto log = open();
    fill_segments(*log, 4);
    ASSERT_TRUE(log->close());
  }
  const std::string before = read_all(first_sidecar());
  flip_bit(first_sidecar(), before.size() / 2);
  const auto log = open();

  EXPECT_THAT(indexes(*log), SizeIs(4));

  EXPECT_EQ(log->recovery().sidecars_rebuilt, 1U);
  EXPECT_EQ(read_all(first_sidecar()), before);
}

TEST_F(SidecarTest, ASidecarOfAnotherSegmentIsNotBelieved) {
  {
    const auto log = open();
    fill_segments(*log, 4);
    ASSERT_TRUE(log->close());
  }
  std::vector<std::string> sidecars;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
    if (entry.path().extension() == ".idx") sidecars.push_back(entry.path());
  }
  std::sort(sidecars.begin(), sidecars.end());
  ASSERT_THAT(sidecars, SizeIs(3));
  write_all(sidecars[0], read_all(sidecars[1]));
  const auto log = open();

  const auto all = indexes(*log);

  EXPECT_EQ(all[0].last.next(), all[1].first);
}

TEST_F(SidecarTest, ASidecarOfAnotherLogIsNotBelieved) {
  const auto make = [this](const std::string& folder, char payload) {
    options_.folder = folder_.path() + folder;
    const auto log = open();
    for (int i = 0; i < 20; ++i)
      (void)append(*log, encode({"intake", 1, {std::string(4000, payload)}, {"x.y"}, {}}), now_)
          .value();
    EXPECT_TRUE(sync(*log));
    EXPECT_TRUE(log->close());
  };
  make("/other", 'o');
  const std::string foreign = read_all(first_sidecar());
  make("/own", 'x');
  const std::string own = read_all(first_sidecar());
  ASSERT_NE(own, foreign);
  write_all(first_sidecar(), foreign);

  const auto log = open();
  (void)indexes(*log);

  EXPECT_EQ(read_all(first_sidecar()), own);
}

TEST_F(SidecarTest, SeeksDoNotNeedASidecar) {
  options_.recent_bytes = 0;
  const auto log = open();
  const Offset last = fill_segments(*log, 4);
  (void)indexes(*log);  // until every sidecar is written
  write_all(first_sidecar(), "no sidecar");

  EXPECT_EQ(read_from(*log, 20).back().offset, last.value);
}

TEST_F(SidecarTest, EncodingAndDecodingAnIndexGivesItBack) {
  SegmentIndex index;
  index.first = Offset{5};
  index.last = Offset{9};
  index.first_time = TimeUs{-3};
  index.last_time = TimeUs{1'700'000'000'000'000};
  index.last_hash.bytes[31] = 0xAB;
  index.frames["a/b"] = {FrameRecord{Seq{1}, 2, Offset{5}, 0xDEADBEEFCAFEF00D, 3, Offset{4}}};
  index.dedupe = {DedupeRecord{key(1), Offset{5}, TimeUs{7}},
                  DedupeRecord{key(2), Offset{6}, TimeUs{8}}};
  index.subjects["x.y"] = {Offset{5}, Offset{9}, 5};
  index.producers["a/b"] = {Offset{5}, Offset{9}, 5};
  index.places = {{Offset{5}, 4096}, {Offset{8}, 300'000}};

  EXPECT_EQ(decode_sidecar(as_bytes(encode_sidecar(index))).value(), index);
}

TEST_F(SidecarTest, NoTruncationOfASidecarIsTakenForOne) {
  SegmentIndex index;
  index.first = Offset{1};
  index.subjects["x.y"] = {Offset{5}, Offset{9}, 5};
  const std::string file = encode_sidecar(index);
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(decode_sidecar(as_bytes(file).first(size))) << size;
  }
}

}  // namespace
}  // namespace lamplight::log::test
