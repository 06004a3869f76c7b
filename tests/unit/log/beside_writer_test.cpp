// Looking at a log beside the bus that writes it: whatever happens between two looks, a sound log is never called damaged.

#include "log_fixture.hpp"
#include "memory_disk.hpp"
#include "watched_disk.hpp"

namespace lamplight::log::test {
namespace {

constexpr char kFolder[] = "log";

/// The bus: a log of small segments on a disk in memory.
class Writer {
 public:
  explicit Writer(bool in_line = true) {
    options_.folder = kFolder;
    options_.segment_bytes = 16U << 10;
    options_.in_line = in_line;
    start();
  }
  MemoryDisk& disk() { return disk_; }
  [[nodiscard]] bool running() const { return log_ != nullptr; }

  void start() { log_ = log::open(Env{clock_, disk_, random_}, options_).value(); }
  void stop() {
    ASSERT_TRUE(log_->close());
    log_.reset();
  }
  void crash() { log_.reset(); }
  /// Batches of 2.5 KB: six to a segment.
  void write(int batches) {
    for (int i = 0; i < batches; ++i) {
      ASSERT_TRUE(append(*log_, producer_.frame({std::string(2400, 'x')}), now_));
      now_ = now_.plus_us(1000);
      ASSERT_TRUE(sync(*log_));
    }
  }
  void settle() { wait_for_its_thread(*log_); }

 private:
  MemoryDisk disk_;
  StoppedClock clock_;
  CountingRandom random_;
  Options options_;
  Producer producer_;
  TimeUs now_{1'700'000'000'000'000};
  std::unique_ptr<Log> log_;
};

struct Meanwhile {
  const char* name;
  std::function<void(Writer&)> happens;
};

void PrintTo(const Meanwhile& meanwhile, std::ostream* out) { *out << meanwhile.name; }

class BesideWriter : public ::testing::TestWithParam<Meanwhile> {
 protected:
  /// Has it happen before the first look, the second and so on, each time with a log of its own that holds `batches`;
  /// until there are no more looks.
  void at_every_look(const std::function<void(Disk&)>& read) {
    for (const int batches : {0, 1, 5, 6, 11, 12}) {
      bool reached = true;
      for (std::uint64_t moment = 0; reached; ++moment) {
        SCOPED_TRACE("log of " + std::to_string(batches) + " batches, before look " +
                     std::to_string(moment));
        Writer writer;
        writer.write(batches);
        reached = false;
        WatchedDisk disk(writer.disk(), [&](std::uint64_t look) {
          if (look != moment) return;
          reached = true;
          GetParam().happens(writer);
        });
        read(disk);
        if (HasFailure()) return;
      }
    }
  }
};

TEST_P(BesideWriter, VerifyFindsNothing) {
  at_every_look([](Disk& disk) {
    const auto result = log::verify(disk, kFolder, [](const Finding& finding) {
      ADD_FAILURE() << to_string(finding.kind) << " " << finding.file << " byte " << finding.at
                    << ": " << finding.what;
    });
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_TRUE(result->whole());
  });
}

TEST_P(BesideWriter, AFolderReadsToItsEnd) {
  at_every_look([](Disk& disk) {
    const auto reader = read_folder(disk, kFolder, Offset{1});
    ASSERT_TRUE(reader) << reader.error().message();
    const auto seen = drain(**reader);
    ASSERT_TRUE(seen) << seen.error().message();
    for (std::size_t i = 0; i < seen->size(); ++i) EXPECT_EQ((*seen)[i].offset, i + 1);
  });
}

TEST_P(BesideWriter, DumpGivesEveryBatchChained) {
  at_every_look([](Disk& disk) {
    std::optional<ChainHash> before;
    const auto done = dump(disk, kFolder, Offset{1}, Offset{1'000'000},
                           [&](const BatchHeader& header, const ChainHash& hash, const auto&) {
                             EXPECT_EQ(header.prev_hash, before.value_or(header.prev_hash));
                             before = hash;
                           });
    ASSERT_TRUE(done) << done.error().message();
  });
}

INSTANTIATE_TEST_SUITE_P(
    Ways, BesideWriter,
    ::testing::Values(Meanwhile{"OneBatch", [](Writer& bus) { bus.write(1); }},
                      Meanwhile{"SomeBatches", [](Writer& bus) { bus.write(3); }},
                      Meanwhile{"ARoll", [](Writer& bus) { bus.write(7); }},
                      Meanwhile{"ThreeRolls", [](Writer& bus) { bus.write(20); }},
                      Meanwhile{"ACleanStop",
                                [](Writer& bus) {
                                  bus.write(2);
                                  bus.stop();
                                }},
                      Meanwhile{"ARollAndACleanStop",
                                [](Writer& bus) {
                                  bus.write(8);
                                  bus.stop();
                                }},
                      Meanwhile{"ARestart",
                                [](Writer& bus) {
                                  bus.write(2);
                                  bus.stop();
                                  bus.start();
                                  bus.write(8);
                                }},
                      Meanwhile{"ACrashAndAStart",
                                [](Writer& bus) {
                                  bus.write(2);
                                  bus.crash();
                                  bus.start();
                                  bus.write(8);
                                }}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

// The bus keeps writing: every so many looks a batch more.
TEST(BesideBusyWriter, VerifyFindsNothing) {
  for (const std::uint64_t pace : {1U, 2U, 3U, 5U}) {
    for (const int batches : {1, 4, 8}) {
      SCOPED_TRACE("a batch before every look of " + std::to_string(pace));
      Writer writer;
      writer.write(2);
      WatchedDisk disk(writer.disk(), [&](std::uint64_t look) {
        if (look % pace == 0 && look < 200) writer.write(batches);
      });
      const auto result = log::verify(disk, kFolder, [](const Finding& finding) {
        ADD_FAILURE() << to_string(finding.kind) << " " << finding.file << " byte " << finding.at
                      << ": " << finding.what;
      });
      ASSERT_TRUE(result) << result.error().message();
      const auto reader = read_folder(disk, kFolder, Offset{1});
      ASSERT_TRUE(reader) << reader.error().message();
      EXPECT_TRUE(drain(**reader));
    }
  }
}

// The sidecars come from a thread of the bus, whenever it comes to it.
TEST(BesideBusyWriter, ASidecarThatIsStillToComeIsNoFinding) {
  Writer writer(/*in_line=*/false);
  for (int round = 0; round < 30; ++round) {
    writer.write(5);
    const auto result = log::verify(writer.disk(), kFolder, [](const Finding& finding) {
      ADD_FAILURE() << to_string(finding.kind) << " " << finding.file << ": " << finding.what;
    });
    ASSERT_TRUE(result) << result.error().message();
  }
}

// A batch is written front to back, and a look may come in the midst of it: what is there so far grows from cut to cut.
TEST(BesideBusyWriter, ABatchSeenHalfWrittenIsNeverDamage) {
  Writer writer;
  writer.write(5);
  const std::string path = std::string(kFolder) + "/00000000000000000001.seg";
  const std::string whole = writer.disk().files().at(path);
  std::vector<std::size_t> cuts;
  for (std::size_t at = whole.find("LLB1"); at != std::string::npos;
       at = whole.find("LLB1", at + 1)) {
    for (const std::size_t more : {0U, 3U, 40U, 90U, 1000U, 2400U}) cuts.push_back(at + more);
  }
  for (std::size_t from = 0; from < cuts.size(); ++from) {
    for (const std::size_t stride : {1U, 3U, 6U, 9U}) {
      for (std::uint64_t moment = 3; moment < 14; ++moment) {
        SCOPED_TRACE("from byte " + std::to_string(cuts[from]) + ", " + std::to_string(stride) +
                     " cuts a look from look " + std::to_string(moment) + " on");
        Files files;
        files[path] = whole.substr(0, cuts[from]) + std::string(whole.size() - cuts[from], '\0');
        MemoryDisk memory(files);
        std::size_t cut = from;
        WatchedDisk disk(memory, [&](std::uint64_t look) {
          if (look < moment || cut + stride >= cuts.size()) return;
          cut += stride;
          const auto file = memory.open(path, OpenMode::kReadWrite).value();
          ASSERT_TRUE(file->write_at(0, as_bytes(whole).first(cuts[cut])));
        });
        const auto result = log::verify(disk, kFolder, [](const Finding& finding) {
          EXPECT_EQ(finding.kind, Finding::Kind::kTornTail) << finding.what;
        });
        ASSERT_TRUE(result) << result.error().message();
        EXPECT_TRUE(result->whole());
        EXPECT_TRUE(read_folder(disk, kFolder, Offset{1}));
        if (::testing::Test::HasFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace lamplight::log::test
