#include <functional>
#include <map>
#include <random>

#include "base/logging.hpp"
#include "log_fixture.hpp"
#include "memory_disk.hpp"
#include "sidecar.hpp"

// The damage matrix: everything that can be wrong with a log's files, one row a kind, every row at every place (a small
// log) or at sampled ones (a large log). Whatever the damage, the log either gives all its events, or ends at the last
// whole batch before it and says what it cut, or refuses and names file and byte. Never does it skip an event silently.
namespace lamplight::log::test {
namespace {

constexpr char kFolder[] = "log";

/// A log, as files, and what was acknowledged on it.
struct Original {
  Files files;
  std::vector<Seen> acked;
  std::map<std::string, std::vector<std::uint64_t>>
      batches;  ///< by path: where each begins, and the end
  std::map<std::string, std::vector<std::uint64_t>>
      firsts;  ///< by path: first offset of each, and the one behind
  std::vector<std::string> segments;
  std::vector<std::string> sidecars;
};

struct Shape {
  std::uint64_t segment_bytes = 16U << 10;
  std::uint64_t segments = 3;
  std::size_t filler = 13'000;  ///< one such batch a segment, the others are small
  std::size_t small = 5;        ///< batches between two fillers
  bool clean = false;
  std::uint8_t seed = 1;  ///< makes it another log
};

void list_batches(Original& log, const std::string& path) {
  const std::string& content = log.files.at(path);
  std::uint64_t at = 4096;
  std::uint64_t next = std::stoull(path.substr(path.size() - 24, 20));
  for (;;) {
    log.batches[path].push_back(at);
    log.firsts[path].push_back(next);
    const auto header = check_batch(as_bytes(content).subspan(at));
    if (!header) return;
    next = header->last().value + 1;
    at += header->bytes;
  }
}

Original make(const Shape& shape) {
  MemoryDisk disk;
  StoppedClock clock;
  CountingRandom random(shape.seed);
  Options options;
  options.folder = kFolder;
  options.segment_bytes = shape.segment_bytes;
  options.in_line = true;
  Original made;
  Producer producer;
  TimeUs now{1'000};
  auto log = log::open(Env{clock, disk, random}, options).value();
  for (std::size_t n = 0; log->segment_count() < shape.segments || n % (shape.small + 1) != 0;
       ++n) {
    const std::string payload =
        std::to_string(n) + (n % (shape.small + 1) == 2 ? std::string(shape.filler, 'f') : "");
    const Offset first =
        append(*log, producer.frame({payload, "second of " + std::to_string(n)}), now).value();
    LAMPLIGHT_CHECK(sync(*log).ok(), "memory takes every write");
    made.acked.push_back({first.value, payload});
    made.acked.push_back({first.value + 1, "second of " + std::to_string(n)});
    now = now.plus_us(10);
  }
  if (shape.clean) LAMPLIGHT_CHECK(log->close().ok(), "the log closes");
  log.reset();
  made.files = disk.files();
  for (const auto& [path, content] : made.files) {
    if (path.ends_with(".idx")) made.sidecars.push_back(path);
    if (!path.ends_with(".seg")) continue;
    made.segments.push_back(path);
    list_batches(made, path);
  }
  return made;
}

/// What came of opening a damaged log and reading all of it.
struct Outcome {
  std::optional<Error> refused;  ///< by the start or by the read that met it
  std::size_t read = 0;          ///< events given, from the first on
  bool told_cut = false;         ///< the start counted what it cut and kept it
};

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() { logging::init("error"); }

  Outcome open_and_read(const Original& original, const Files& files) {
    MemoryDisk disk(files);
    StoppedClock clock;
    CountingRandom random;
    Options options;
    options.folder = kFolder;
    options.segment_bytes = 16U << 10;
    options.in_line = true;
    const auto log = log::open(Env{clock, disk, random}, options);
    Outcome outcome;
    if (!log) {
      outcome.refused = log.error();
      return outcome;
    }
    const Recovery& found = (*log)->recovery();
    outcome.told_cut = found.torn_bytes > 0 && disk.exists(found.torn_kept_in);
    const auto visited =
        (*log)->visit_indexes([](const SegmentIndex&) { return true; }, [](const SegmentIndex&) {});
    if (!visited) outcome.refused = visited.error();
    auto reader = (*log)->read(Offset{1}).value();
    for (;;) {
      const auto batch = reader->next();
      if (!batch) outcome.refused = batch.error();
      if (!batch || !*batch) return outcome;
      for_each_event(**batch, [&](const Event& event) {
        const Seen seen{event.offset.value, std::string(as_text(event.payload))};
        const bool right =
            outcome.read < original.acked.size() && original.acked[outcome.read] == seen;
        EXPECT_TRUE(right) << "offset " << seen.offset << " is not what was acknowledged there";
        ++outcome.read;
      });
    }
  }

  /// The rule of the matrix. `vanished`: bytes were taken away rather than changed, and nothing may be left that knows.
  /// `intact`: events before the damage, which are to be had when the log opens at all.
  void expect_nothing_silent(const Original& original, const Files& files, std::size_t intact,
                             bool vanished = false) {
    MemoryDisk untouched(files);
    std::uint64_t damages = 0;
    std::uint64_t tears = 0;
    const auto verified = log::verify(untouched, kFolder, [&](const Finding& finding) {
      if (finding.kind == Finding::Kind::kDamage) ++damages;
      if (finding.kind == Finding::Kind::kTornTail) ++tears;
      EXPECT_TRUE(finding.file.starts_with("log/")) << finding.file;
    });
    ASSERT_EQ(untouched.changes(), 0U) << "verify only reads";

    const Outcome outcome = open_and_read(original, files);
    if (outcome.refused) {
      const std::string& why = outcome.refused->message();
      const bool code_is_right = outcome.refused->code() == Code::kDamaged ||
                                 outcome.refused->code() == Code::kUnsupported;
      ASSERT_TRUE(code_is_right) << why;
      ASSERT_THAT(why, ::testing::ContainsRegex("log/[0-9]+\\.seg byte [0-9]+"));
      const bool found = !verified || damages > 0;
      ASSERT_TRUE(found) << "verify finds what refuses the log: " << why;
      return;
    }
    ASSERT_GE(outcome.read, intact) << "what lies before the damage is there";
    if (outcome.read == original.acked.size()) return;
    if (vanished) return;
    ASSERT_TRUE(outcome.told_cut) << outcome.read << " of " << original.acked.size()
                                  << " events, and not a word";
    ASSERT_EQ(tears, 1U) << "verify tells the tear as well";
  }

  /// Events in whole batches before `at` of that segment.
  static std::size_t before(const Original& log, const std::string& path, std::uint64_t at) {
    const auto& places = log.batches.at(path);
    std::size_t i = 0;
    while (i + 1 < places.size() && places[i + 1] <= at) ++i;
    return log.firsts.at(path)[i] - 1;
  }

  void flip(Files& files, const std::string& path, std::uint64_t at, unsigned bit) {
    auto& byte = files.at(path)[at];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit));
  }

  /// Both small logs: killed, and stopped cleanly.
  static const std::vector<Original>& small_logs() {
    static const std::vector<Original> logs{make({}), make({.clean = true})};
    return logs;
  }
};

TEST_F(DamageTest, TheLogsOfTheMatrixAreWholeBeforeAnythingHappensToThem) {
  for (const Original& log : small_logs()) {
    const Outcome outcome = open_and_read(log, log.files);
    EXPECT_FALSE(outcome.refused);
    EXPECT_EQ(outcome.read, log.acked.size());
    EXPECT_EQ(log.segments.size(), 3U);
    EXPECT_EQ(log.sidecars.size(), 2U);
  }
}

TEST_F(DamageTest, ABitFlippedAnywhereInABatch) {
  for (const Original& log : small_logs()) {
    for (const std::string& path : log.segments) {
      const auto& places = log.batches.at(path);
      for (std::size_t i = 0; i + 1 < places.size(); ++i) {
        // Every byte of header and frames; the long payload in between is one region, and sampled.
        for (std::uint64_t at = places[i]; at < places[i + 1];
             at += at < places[i] + 400 ? 1U : 397U) {
          SCOPED_TRACE(path + " byte " + std::to_string(at));
          Files files = log.files;
          flip(files, path, at, static_cast<unsigned>(at % 8));
          ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, before(log, path, at)));
        }
      }
    }
  }
}

TEST_F(DamageTest, EveryBitOfEveryBatchHeader) {
  const Original& log = small_logs()[0];
  for (const std::string& path : log.segments) {
    const auto& places = log.batches.at(path);
    for (const std::size_t i : {std::size_t{0}, places.size() - 2}) {
      for (std::uint64_t bit = 0; bit < 96 * 8; ++bit) {
        SCOPED_TRACE(path + " batch " + std::to_string(i) + " bit " + std::to_string(bit));
        Files files = log.files;
        flip(files, path, places[i] + bit / 8, static_cast<unsigned>(bit % 8));
        ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, before(log, path, places[i])));
      }
    }
  }
}

TEST_F(DamageTest, ABitFlippedAnywhereInASegmentHeader) {
  for (const Original& log : small_logs()) {
    for (const std::string& path : log.segments) {
      for (std::uint64_t at = 0; at < 4096; at += at < 80 || at >= 4088 ? 1U : 61U) {
        SCOPED_TRACE(path + " byte " + std::to_string(at));
        Files files = log.files;
        flip(files, path, at, static_cast<unsigned>(at % 8));
        ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, 0));
        ASSERT_TRUE(open_and_read(log, files).refused) << "no header is guessed";
      }
    }
  }
}

TEST_F(DamageTest, ABitFlippedInTheZerosBehindTheLastBatch) {
  for (const Original& log : small_logs()) {
    for (const std::string& path : log.segments) {
      const std::uint64_t end = log.batches.at(path).back();
      for (std::uint64_t at = end; at < log.files.at(path).size();
           at += at < end + 100 ? 1U : 501U) {
        SCOPED_TRACE(path + " byte " + std::to_string(at));
        Files files = log.files;
        flip(files, path, at, static_cast<unsigned>(at % 8));
        ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, before(log, path, end)));
      }
    }
  }
}

TEST_F(DamageTest, ABitFlippedAnywhereInASidecarLosesNothing) {
  for (const Original& log : small_logs()) {
    std::vector<std::string> caches = log.sidecars;
    if (log.files.contains("log/clean-stop")) caches.emplace_back("log/clean-stop");
    for (const std::string& path : caches) {
      for (std::uint64_t at = 0; at < log.files.at(path).size(); ++at) {
        SCOPED_TRACE(path + " byte " + std::to_string(at));
        Files files = log.files;
        flip(files, path, at, static_cast<unsigned>(at % 8));
        const Outcome outcome = open_and_read(log, files);
        ASSERT_FALSE(outcome.refused) << outcome.refused->message();
        ASSERT_EQ(outcome.read, log.acked.size());
      }
    }
  }
}

TEST_F(DamageTest, ASidecarCutAnywhereOrMissingLosesNothing) {
  const Original& log = small_logs()[0];
  for (const std::string& path : log.sidecars) {
    for (std::size_t size = 0; size < log.files.at(path).size(); ++size) {
      Files files = log.files;
      files.at(path).resize(size);
      ASSERT_EQ(open_and_read(log, files).read, log.acked.size()) << path << " cut to " << size;
    }
    Files files = log.files;
    files.erase(path);
    ASSERT_EQ(open_and_read(log, files).read, log.acked.size());
  }
}

TEST_F(DamageTest, TheLogCutAtEveryByteOfItsLastBatch) {
  for (const Original& log : small_logs()) {
    const std::string& path = log.segments.back();
    const auto& places = log.batches.at(path);
    const std::uint64_t begin = places[places.size() - 2];
    const std::uint64_t end = places.back();
    const bool clean = log.files.contains("log/clean-stop");
    for (std::uint64_t at = begin; at < end; ++at) {
      for (const char* how : {"shorter", "zeros", "garbage"}) {
        SCOPED_TRACE(std::string(how) + " from byte " + std::to_string(at));
        Files files = log.files;
        std::string& content = files.at(path);
        if (how == std::string("shorter")) content.resize(at);
        else
          std::fill(content.begin() + static_cast<std::ptrdiff_t>(at), content.end(),
                    how[0] == 'z' ? '\0' : 'g');
        ASSERT_NO_FATAL_FAILURE(
            expect_nothing_silent(log, files, log.acked.size() - 2, at == begin));
        const Outcome outcome = open_and_read(log, files);
        if (clean) {
          ASSERT_TRUE(outcome.refused) << "the clean stop calls it synced";
        } else {
          ASSERT_FALSE(outcome.refused) << outcome.refused->message();
          ASSERT_EQ(outcome.read, log.acked.size() - 2) << "back to the last whole batch";
        }
      }
    }
  }
}

TEST_F(DamageTest, ASegmentTruncatedOrWithAZeroFilledTail) {
  for (const Original& log : small_logs()) {
    for (const std::string& path : log.segments) {
      const bool last = path == log.segments.back();
      const auto& places = log.batches.at(path);
      std::vector<std::uint64_t> cuts{0, 1, 31, 32, 4095};
      for (const std::uint64_t at : places)
        cuts.insert(cuts.end(), {at - 1, at, at + 1, at + 50, at + 97});
      for (const std::uint64_t at : cuts) {
        for (const bool zeros : {false, true}) {
          if (at >= log.files.at(path).size()) continue;
          SCOPED_TRACE(path + (zeros ? " zeros from byte " : " cut at byte ") + std::to_string(at));
          Files files = log.files;
          std::string& content = files.at(path);
          const std::size_t size = content.size();
          content.resize(at);
          if (zeros) content.resize(size, '\0');
          // At the end of a batch of the last segment nothing is left that tells: recovery to the last whole batch.
          const bool vanished = last && std::find(places.begin(), places.end(), at) != places.end();
          const std::size_t intact = at < 4096 ? 0 : before(log, path, at);
          ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, intact, vanished));
          if (!last && at < places.back()) {
            ASSERT_TRUE(open_and_read(log, files).refused);
          }
        }
      }
    }
  }
}

TEST_F(DamageTest, ASegmentMissing) {
  for (const Original& log : small_logs()) {
    for (const std::string& path : log.segments) {
      SCOPED_TRACE(path);
      Files files = log.files;
      files.erase(path);
      ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, 0));
      ASSERT_TRUE(open_and_read(log, files).refused);
    }
  }
}

TEST_F(DamageTest, TwoSegmentsSwappedOrOneInThePlaceOfAnother) {
  for (const Original& log : small_logs()) {
    for (const std::string& a : log.segments) {
      for (const std::string& b : log.segments) {
        if (a == b) continue;
        SCOPED_TRACE(a + " and " + b);
        Files swapped = log.files;
        std::swap(swapped.at(a), swapped.at(b));
        ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, swapped, 0));
        ASSERT_TRUE(open_and_read(log, swapped).refused);
        Files doubled = log.files;
        doubled.at(a) = doubled.at(b);
        ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, doubled, 0));
        ASSERT_TRUE(open_and_read(log, doubled).refused);
      }
    }
  }
}

TEST_F(DamageTest, ASegmentOfAnotherLog) {
  const Original other = make({.seed = 99});
  for (const Original& log : small_logs()) {
    for (const std::string& path : log.segments) {
      ASSERT_TRUE(other.files.contains(path));
      SCOPED_TRACE(path);
      Files files = log.files;
      files.at(path) = other.files.at(path);
      ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, 0));
      ASSERT_TRUE(open_and_read(log, files).refused);
    }
  }
}

TEST_F(DamageTest, ALargeLogDamagedAtSampledPlaces) {
  constexpr int kSamples = 400;
  const Original log = make({.segment_bytes = 128U << 10, .segments = 8, .filler = 9'000});
  std::mt19937_64 rng(7);
  for (int sample = 0; sample < kSamples; ++sample) {
    const std::string& path = log.segments[rng() % log.segments.size()];
    const std::uint64_t end = log.batches.at(path).back();
    const std::uint64_t at = 4096 + rng() % (end - 4096);
    const std::uint64_t length = 1 + rng() % 3'000;
    SCOPED_TRACE("sample " + std::to_string(sample) + ": " + path + " byte " + std::to_string(at));
    Files files = log.files;
    std::string& content = files.at(path);
    bool vanished = false;
    switch (rng() % 4) {
      case 0: flip(files, path, at, static_cast<unsigned>(rng() % 8)); break;
      case 1:
        std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(at), std::min(length, end - at),
                    '\0');
        break;
      case 2:
        for (std::uint64_t i = at; i < std::min(at + length, end); ++i)
          content[i] = static_cast<char>(rng());
        break;
      default:
        content.resize(at);
        vanished = std::find(log.batches.at(path).begin(), log.batches.at(path).end(), at) !=
                   log.batches.at(path).end();
        break;
    }
    ASSERT_NO_FATAL_FAILURE(expect_nothing_silent(log, files, before(log, path, at), vanished));
  }
}

}  // namespace
}  // namespace lamplight::log::test
