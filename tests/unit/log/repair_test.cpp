#include "log/repair.hpp"
#include <functional>
#include <map>

#include "base/logging.hpp"
#include "log_fixture.hpp"
#include "memory_disk.hpp"

namespace lamplight::log::test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kFirst[] = "log/00000000000000000001.seg";

/// A log of four small segments in memory, stopped cleanly, and what was acknowledged on it.
class RepairTest : public ::testing::Test {
 protected:
  RepairTest() {
    logging::init("error");
    options_.folder = "log";
    options_.segment_bytes = 16U << 10;
    options_.in_line = true;
    const auto log = open().value();
    while (log->segment_count() < 4) {
      const std::string payload = std::to_string(acked_.size()) + std::string(3'000, 'x');
      const Offset first = append(*log, producer_.frame({payload}), now_).value();
      LAMPLIGHT_CHECK(sync(*log).ok(), "memory takes every write");
      acked_.push_back({first.value, payload});
      now_ = now_.plus_us(1'000'000);
    }
    LAMPLIGHT_CHECK(log->close().ok(), "it closes");
    for (const auto& [path, content] : disk_.files()) {
      if (path.ends_with(".seg")) segments_.push_back(path);
    }
  }

  [[nodiscard]] Result<std::unique_ptr<Log>> open() {
    return log::open(Env{clock_, disk_, random_}, options_);
  }
  void change(const std::string& path, const std::function<void(std::string&)>& f) {
    std::string content = disk_.files().at(path);
    f(content);
    write(path, content);
  }
  void write(const std::string& path, const std::string& content) {
    const auto file = disk_.open(path, OpenMode::kCreateOrTruncate).value();
    ASSERT_TRUE(file->write_at(0, as_bytes(content)));
  }
  void flip(const std::string& path, std::size_t at) {
    change(path, [at](std::string& content) { content[at] = static_cast<char>(content[at] ^ 4); });
  }
  std::uint64_t damages() {
    const auto result = verify(disk_, "log", [](const Finding&) {});
    return result ? result->damages : 999;
  }

  /// After a repair: clean, it opens, and gives what was acknowledged up to `kept`, and nothing else.
  void expect_repaired(std::uint64_t kept) {
    std::vector<std::string> said;
    const auto verified =
        verify(disk_, "log", [&said](const Finding& f) { said.push_back(f.what); });
    ASSERT_TRUE(verified) << verified.error().message();
    EXPECT_THAT(said, ::testing::IsEmpty());
    EXPECT_EQ(verified->last, Offset{kept});
    const auto log = open();
    ASSERT_TRUE(log) << log.error().message();
    EXPECT_EQ((*log)->synced(), Offset{kept});
    EXPECT_EQ((*log)->recovery().torn_bytes, 0U);
    EXPECT_EQ(
        read_from(**log, 1),
        std::vector<Seen>(acked_.begin(), acked_.begin() + static_cast<std::ptrdiff_t>(kept)));
    // Offsets stay dense.
    now_ = now_.plus_us(1);
    EXPECT_EQ(append(**log, producer_.frame({"goes on"}), now_).value(), Offset{kept + 1});
    EXPECT_TRUE(sync(**log));
    EXPECT_TRUE((*log)->close());
  }

  MemoryDisk disk_;
  StoppedClock clock_;
  CountingRandom random_;
  Options options_;
  Producer producer_;
  TimeUs now_{1'700'000'000'000'000};
  std::vector<Seen> acked_;
  std::vector<std::string> segments_;
};

TEST_F(RepairTest, ItSaysWhatItDropsBeforeItDropsIt) {
  flip(segments_[1], 10'000);
  const Files before = disk_.files();

  const auto repair = begin_repair(disk_, "log").value();

  const RepairPlan& plan = repair->plan();
  ASSERT_TRUE(plan.needed());
  EXPECT_EQ(plan.damage->file, segments_[1]);
  const std::uint64_t kept = plan.kept.value;
  EXPECT_LT(kept, acked_.size());
  EXPECT_EQ(plan.last.value, acked_.size());
  EXPECT_EQ(plan.events, acked_.size() - kept - 1) << "all but the damaged one still read";
  EXPECT_EQ(plan.first_time,
            (TimeUs{1'700'000'000'000'000 + static_cast<std::int64_t>(kept + 1) * 1'000'000}));
  EXPECT_EQ(plan.last_time, now_.plus_us(-1'000'000));
  ASSERT_THAT(plan.cuts, SizeIs(3));
  EXPECT_EQ(plan.cuts[0].file, segments_[1]);
  EXPECT_EQ(plan.cuts[0].from, plan.damage->at);
  EXPECT_FALSE(plan.cuts[0].whole_file);
  EXPECT_EQ(plan.cuts[1].file, segments_[2]);
  EXPECT_TRUE(plan.cuts[1].whole_file);
  EXPECT_EQ(plan.cuts[2].last, plan.last);
  EXPECT_EQ(disk_.files(), before) << "looking changes nothing";
}

TEST_F(RepairTest, ABitFlippedInAnySegmentEndsTheLogBeforeItsBatch) {
  const Files whole = disk_.files();
  for (const std::string& path : segments_) {
    for (const std::size_t at : {4'100U, 4'200U, 7'000U}) {
      SCOPED_TRACE(path + " byte " + std::to_string(at));
      for (const auto& [name, content] : disk_.files()) ASSERT_TRUE(disk_.remove(name));
      for (const auto& [name, content] : whole) write(name, content);
      flip(path, at);
      const auto first_of_segment = std::stoull(path.substr(4, 20));
      const std::uint64_t kept = first_of_segment - 1 + (at > 7'100 ? 1 : 0);

      {
        const auto repair = begin_repair(disk_, "log");
        ASSERT_TRUE(repair) << repair.error().message();
        ASSERT_EQ((*repair)->plan().kept.value, kept);
        ASSERT_TRUE((*repair)->apply());
      }

      ASSERT_NO_FATAL_FAILURE(expect_repaired(kept));
    }
  }
}

TEST_F(RepairTest, WhatIsCutIsKeptAsideToTheLastByte) {
  flip(segments_[1], 10'000);
  const Files before = disk_.files();
  std::string aside;
  std::uint64_t from = 0;
  {
    const auto repair = begin_repair(disk_, "log").value();
    aside = repair->plan().aside;
    from = repair->plan().damage->at;
    ASSERT_TRUE(repair->apply());
  }

  const Files after = disk_.files();
  const auto name = [](const std::string& path) { return path.substr(4); };
  const std::string& part =
      after.at(aside + "/" + name(segments_[1]) + ".from-" + std::to_string(from));
  EXPECT_EQ(part, before.at(segments_[1]).substr(from, part.size()));
  EXPECT_EQ(before.at(segments_[1]).find_first_not_of('\0', from + part.size()), std::string::npos);
  EXPECT_EQ(after.at(aside + "/" + name(segments_[2])), before.at(segments_[2]));
  EXPECT_EQ(after.at(aside + "/" + name(segments_[3])), before.at(segments_[3]));
  EXPECT_TRUE(after.contains(aside + "/clean-stop"));
}

TEST_F(RepairTest, AMissingASwappedAndAForeignSegmentEndTheLogBeforeThem) {
  const Files whole = disk_.files();
  const std::uint64_t kept = std::stoull(segments_[1].substr(4, 20)) - 1;
  const std::map<std::string, std::function<void()>> damages{
      {"missing", [&] { ASSERT_TRUE(disk_.remove(segments_[1])); }},
      {"swapped",
       [&] {
         write(segments_[1], whole.at(segments_[2]));
         write(segments_[2], whole.at(segments_[1]));
       }},
      {"a bad header", [&] { flip(segments_[1], 100); }},
      {"empty", [&] { write(segments_[1], ""); }},
  };
  for (const auto& [what, damage] : damages) {
    SCOPED_TRACE(what);
    for (const auto& [path, content] : disk_.files()) ASSERT_TRUE(disk_.remove(path));
    for (const auto& [path, content] : whole) write(path, content);
    damage();
    ASSERT_GT(this->damages(), 0U);
    {
      const auto repair = begin_repair(disk_, "log");
      ASSERT_TRUE(repair) << repair.error().message();
      ASSERT_EQ((*repair)->plan().kept.value, kept);
      ASSERT_TRUE((*repair)->apply());
    }
    ASSERT_NO_FATAL_FAILURE(expect_repaired(kept));
  }
}

TEST_F(RepairTest, ATailThatVanishedBehindACleanStopIsAccepted) {
  change(segments_[3],
         [](std::string& content) { std::fill(content.begin() + 4096, content.end(), '\0'); });
  ASSERT_FALSE(open());
  const std::uint64_t kept = std::stoull(segments_[3].substr(4, 20)) - 1;
  {
    const auto repair = begin_repair(disk_, "log").value();
    EXPECT_EQ(repair->plan().last.value, acked_.size())
        << "the clean stop knows how much there was";
    ASSERT_TRUE(repair->apply());
  }
  expect_repaired(kept);
}

TEST_F(RepairTest, AWholeLogAndATornTailNeedNone) {
  EXPECT_FALSE(begin_repair(disk_, "log").value()->plan().needed());
  ASSERT_TRUE(disk_.remove("log/clean-stop"));
  const std::string content = disk_.files().at(segments_[3]);
  flip(segments_[3], content.find_last_not_of('\0'));

  EXPECT_FALSE(begin_repair(disk_, "log").value()->plan().needed()) << "the next start cuts it";
}

TEST_F(RepairTest, ItNeverRunsBesideABroker) {
  const auto log = open().value();

  EXPECT_EQ(begin_repair(disk_, "log").error().code(), Code::kExists);
}

TEST_F(RepairTest, NoBrokerStartsBesideIt) {
  flip(segments_[1], 10'000);
  const auto repair = begin_repair(disk_, "log").value();

  EXPECT_EQ(open().error().code(), Code::kExists);
}

TEST_F(RepairTest, WhereNothingCanBeKeptItRefusesAndTouchesNothing) {
  flip(kFirst, 100);
  const Files before = disk_.files();

  const auto repair = begin_repair(disk_, "log");

  ASSERT_FALSE(repair);
  EXPECT_EQ(repair.error().code(), Code::kDamaged);
  EXPECT_THAT(repair.error().message(), AllOf(HasSubstr(kFirst), HasSubstr("restore a backup")));
  EXPECT_EQ(disk_.files(), before);
}

TEST_F(RepairTest, AFolderWithoutALogGetsNotEvenALockFile) {
  EXPECT_EQ(begin_repair(disk_, "elsewhere").error().code(), Code::kNotFound);
  EXPECT_FALSE(disk_.exists("elsewhere/lock"));
}

TEST_F(RepairTest, InterruptedAnywhereItCanBeDoneAgain) {
  flip(segments_[1], 10'000);
  const Files damaged = disk_.files();
  const std::uint64_t kept = begin_repair(disk_, "log").value()->plan().kept.value;
  std::uint64_t interrupted = 0;
  for (std::uint64_t calls = 1;; ++calls) {
    SCOPED_TRACE("interrupted at change " + std::to_string(calls));
    for (const auto& [path, content] : disk_.files()) ASSERT_TRUE(disk_.remove(path));
    for (const auto& [path, content] : damaged) write(path, content);
    bool done = false;
    {
      const auto repair = begin_repair(disk_, "log").value();
      disk_.fail_after(calls);
      done = repair->apply().ok();
      disk_.fail_after(0);
    }
    if (!done) {
      ++interrupted;
      // Either the damage is still there to be seen, or all that was left to do was tidying.
      const auto again = begin_repair(disk_, "log").value();
      if (again->plan().needed()) {
        ASSERT_EQ(again->plan().kept.value, kept);
        ASSERT_TRUE(again->apply());
      }
    }
    ASSERT_NO_FATAL_FAILURE(expect_repaired(kept));
    // Nothing is lost on the way: what was cut is aside, in one folder or in two.
    std::size_t aside = 0;
    for (const auto& [path, content] : disk_.files()) {
      const bool cut = path.starts_with("log/cut-") && path.find(".seg") != std::string::npos;
      if (cut && path.ends_with(".seg")) ++aside;
    }
    ASSERT_EQ(aside, 2U);
    if (done) break;
  }
  EXPECT_GT(interrupted, 8U);
}

}  // namespace
}  // namespace lamplight::log::test
