#include "log_fixture.hpp"
#include "sidecar.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class InspectTest : public LogTest {
 protected:
  /// A log of four segments, stopped cleanly.
  void make_log() {
    const auto log = open();
    last_ = fill_segments(*log, 4);
    hash_ = log->synced_hash();
    ASSERT_TRUE(log->close());
    for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
      if (entry.path().extension() == ".seg") segments_.push_back(entry.path());
    }
    std::sort(segments_.begin(), segments_.end());
  }
  Verification verify() {
    findings_.clear();
    return log::verify(env_.env().disk, options_.folder,
                       [this](const Finding& f) { findings_.push_back(f); })
        .value();
  }
  static std::string sidecar_of(const std::string& segment) {
    return segment.substr(0, segment.size() - 3) + "idx";
  }

  Offset last_;
  ChainHash hash_;
  std::vector<std::string> segments_;
  std::vector<Finding> findings_;
};

TEST_F(InspectTest, AWholeLogIsFoundWhole) {
  make_log();

  const Verification result = verify();

  EXPECT_TRUE(result.whole());
  EXPECT_THAT(findings_, IsEmpty());
  EXPECT_EQ(result.segments, 4U);
  EXPECT_EQ(result.first, Offset{1});
  EXPECT_EQ(result.last, last_);
  EXPECT_EQ(result.events, last_.value);
  EXPECT_EQ(result.last_hash, hash_);
  EXPECT_TRUE(result.clean_stop);
}

TEST_F(InspectTest, ABitFlippedInAnySegmentIsFoundWithFileAndByte) {
  make_log();
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string whole = read_all(segments_[i]);
    flip_bit(segments_[i], 30'000);

    const Verification result = verify();

    ASSERT_TRUE(result.first_damage.has_value()) << segments_[i];
    EXPECT_EQ(result.first_damage->file, segments_[i]);
    EXPECT_LE(result.first_damage->at, 30'000U);
    EXPECT_GT(result.first_damage->at, 26'000U);
    EXPECT_EQ(result.damages, 1U);
    EXPECT_THAT(result.first_damage->what, HasSubstr("CRC"));
    write_all(segments_[i], whole);
  }
}

TEST_F(InspectTest, ADamagedSegmentHeaderIsFound) {
  make_log();
  flip_bit(segments_[1], 50);

  EXPECT_EQ(verify().first_damage->file, segments_[1]);
}

TEST_F(InspectTest, AMissingSegmentIsFound) {
  make_log();
  std::filesystem::remove(segments_[1]);

  const Verification result = verify();

  EXPECT_EQ(result.first_damage->file, segments_[2]);
  EXPECT_THAT(result.first_damage->what, HasSubstr("expected"));
}

TEST_F(InspectTest, ASegmentOfAnotherLogIsFound) {
  make_log();
  const std::string own = options_.folder;
  options_.folder = folder_.path() + "/other";
  {
    const auto other = open();
    fill_segments(*other, 4);
  }
  std::vector<std::string> others;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
    if (entry.path().extension() == ".seg") others.push_back(entry.path());
  }
  std::sort(others.begin(), others.end());
  options_.folder = own;
  write_all(segments_[0], read_all(others[0]));

  EXPECT_GE(verify().damages, 1U);
}

TEST_F(InspectTest, AChangedBatchWithARightCrcBreaksTheChain) {
  make_log();
  // A forger who knows the format, but cannot rewrite what comes later.
  std::string content = read_all(segments_[0]);
  const auto header = check_batch(as_bytes(content).subspan(4096)).value();
  std::string batch = content.substr(4096, header.bytes);
  batch[batch.size() - 1] = static_cast<char>(batch.back() ^ 1);
  seal_batch(batch, header);
  content.replace(4096, batch.size(), batch);
  write_all(segments_[0], content);

  const Verification result = verify();

  ASSERT_TRUE(result.first_damage.has_value());
  EXPECT_EQ(result.first_damage->at, 4096 + header.bytes);
  EXPECT_THAT(result.first_damage->what, HasSubstr("chained"));
}

TEST_F(InspectTest, ATimeThatGoesBackIsFound) {
  make_log();
  std::string content = read_all(segments_[3]);
  auto header = check_batch(as_bytes(content).subspan(4096)).value();
  std::string batch = content.substr(4096, header.bytes);
  header.time = TimeUs{5};
  seal_batch(batch, header);
  content.replace(4096, batch.size(), batch);
  write_all(segments_[3], content);

  EXPECT_THAT(verify().first_damage->what, HasSubstr("time goes back"));
}

TEST_F(InspectTest, SidecarsThatAreMissingBadOrDifferAreToldAndAreNoDamage) {
  make_log();
  std::filesystem::remove(sidecar_of(segments_[0]));
  flip_bit(sidecar_of(segments_[1]), 100);
  write_all(sidecar_of(segments_[2]), read_all(sidecar_of(segments_[2])).substr(0, 40));

  const Verification result = verify();

  EXPECT_TRUE(result.whole());
  EXPECT_EQ(result.sidecar_findings, 3U);
  EXPECT_THAT(findings_, ElementsAre(Field(&Finding::file, sidecar_of(segments_[0])),
                                     Field(&Finding::file, sidecar_of(segments_[1])),
                                     Field(&Finding::file, sidecar_of(segments_[2]))));
}

TEST_F(InspectTest, ASidecarThatReadsButSaysSomethingElseIsTold) {
  make_log();
  SegmentIndex index = read_sidecar(env_.env().disk, sidecar_of(segments_[0])).value();
  index.frames["intake"][0].hash ^= 1;
  write_all(sidecar_of(segments_[0]), encode_sidecar(index));

  (void)verify();

  EXPECT_THAT(findings_, ElementsAre(AllOf(Field(&Finding::kind, Finding::Kind::kSidecar),
                                           Field(&Finding::what, HasSubstr("differs")))));
}

TEST_F(InspectTest, ATornTailIsToldAsOne) {
  make_log();
  std::filesystem::remove(path("clean-stop"));
  std::uint64_t end = 0;
  {
    const auto reader = read_folder(env_.env().disk, options_.folder, last_).value();
    const auto batch = reader->next().value();
    const std::string content = read_all(segments_[3]);
    end = content.find(batch->bytes) + batch->bytes.size();
  }
  flip_bit(segments_[3], end - 1);

  const Verification result = verify();

  EXPECT_TRUE(result.whole());
  EXPECT_GT(result.torn_bytes, 0U);
  EXPECT_THAT(findings_, ElementsAre(AllOf(Field(&Finding::kind, Finding::Kind::kTornTail),
                                           Field(&Finding::file, segments_[3]))));
}

TEST_F(InspectTest, ABadTailBehindACleanStopIsDamage) {
  make_log();
  std::string content = read_all(segments_[3]);
  std::fill(content.begin() + 4096, content.end(), '\0');
  write_all(segments_[3], content);

  EXPECT_THAT(verify().first_damage->what, HasSubstr("clean-stop"));
}

TEST_F(InspectTest, VerifyChangesNothingAndNeedsNoLock) {
  const auto log = open();
  fill_segments(*log, 2);
  (void)log->visit_indexes([](const SegmentIndex&) { return true; }, [](const SegmentIndex&) {});

  EXPECT_TRUE(verify().whole());

  EXPECT_THAT(findings_, IsEmpty());
  EXPECT_TRUE(try_open().error().code() == Code::kExists) << "the log is still held by its owner";
}

TEST_F(InspectTest, AFolderWithoutALogIsRefused) {
  EXPECT_EQ(log::verify(env_.env().disk, folder_.path(), [](const Finding&) {}).error().code(),
            Code::kNotFound);
  EXPECT_EQ(read_folder(env_.env().disk, folder_.path() + "/nowhere", Offset{1}).error().code(),
            Code::kNotFound);
}

TEST_F(InspectTest, AFolderIsReadFromAnyOffsetWithoutOpeningTheLog) {
  make_log();

  for (const std::uint64_t from : {std::uint64_t{1}, last_.value / 2, last_.value}) {
    const auto seen =
        drain(*read_folder(env_.env().disk, options_.folder, Offset{from}).value()).value();
    EXPECT_LE(seen.front().offset, from);
    EXPECT_EQ(seen.back().offset, last_.value);
  }
}

TEST_F(InspectTest, ReadingAFolderMeetsDamage) {
  make_log();
  flip_bit(segments_[1], 30'000);

  const auto met = drain(*read_folder(env_.env().disk, options_.folder, Offset{1}).value());

  ASSERT_FALSE(met);
  EXPECT_THAT(met.error().message(), HasSubstr(segments_[1] + " byte "));
}

TEST_F(InspectTest, DumpGivesTheEventsOfARange) {
  {
    const auto log = open();
    write(*log, {"a", "b"});
    write(*log, {"c", "d"});
    write(*log, {"e"});
  }
  std::vector<Seen> seen;
  std::vector<std::uint64_t> batches;

  ASSERT_TRUE(
      dump(env_.env().disk, options_.folder, Offset{2}, Offset{3},
           [&](const BatchHeader& header, const ChainHash&, const std::vector<Event>& events) {
             batches.push_back(header.first_offset.value);
             for (const Event& event : events) {
               EXPECT_EQ(event.producer, "intake");
               EXPECT_EQ(event.subject, "alert.received");
               seen.push_back({event.offset.value, std::string(as_text(event.payload))});
             }
           }));

  EXPECT_THAT(batches, ElementsAre(1, 3));
  EXPECT_THAT(seen, ElementsAre(Seen{2, "b"}, Seen{3, "c"}));
}

}  // namespace
}  // namespace lamplight::log::test
