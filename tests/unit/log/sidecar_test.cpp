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
  for (std::uint64_t seq = 1; seq <= 70'000; seq += 1000) {
    (void)append(*log,
                 encode({"intake", seq, std::vector<std::string>(1000, "p"), "alert.received", {}}),
                 now_)
        .value();
    if (seq % 5000 == 1) {
      ASSERT_TRUE(sync(*log));
    }
  }
  if (log->has_gathered()) {
    ASSERT_TRUE(sync(*log));
  }
  fill_segments(*log, log->segment_count() + 1);
  (void)log->visit_indexes([](const SegmentIndex&) { return true; }, [](const SegmentIndex&) {});

  const auto sealed = read_sidecar(env_.env().disk, first_sidecar());

  ASSERT_TRUE(sealed) << sealed.error().message();
  const auto& frames = sealed->frames.at("intake");
  EXPECT_GT(frames.front().first_seq.plus(frames.front().count - 1).value + 65'536,
            frames.back().first_seq.plus(frames.back().count - 1).value);
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
