#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/production_env.hpp"
#include "log/inspect.hpp"
#include "log/log.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::log::test {

using lamplight::test::TemporaryFolder;

inline std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_all(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline void flip_bit(const std::string& path, std::uint64_t at) {
  std::string content = read_all(path);
  LAMPLIGHT_CHECK(at < content.size(), "the bit lies within the file");
  content[at] = static_cast<char>(content[at] ^ 0x10);
  write_all(path, content);
}

/// One frame of a producer, its events told by their payloads.
struct FrameSpec {
  std::string producer = "intake";
  std::uint64_t first_seq = 1;
  std::vector<std::string> payloads;
  std::string subject = "alert.received";
  std::optional<Id16> dedupe = {};  ///< of the first event
};

inline std::string encode(const FrameSpec& spec) {
  MsgpackWriter events;
  for (std::size_t i = 0; i < spec.payloads.size(); ++i) {
    EventContent event;
    event.subject = spec.subject;
    event.id.bytes[15] = static_cast<std::uint8_t>(i + 1);
    if (i == 0) event.dedupe = spec.dedupe;
    event.payload = as_bytes(spec.payloads[i]);
    write_event_content(events, event);
  }
  FrameHeader header;
  header.producer = spec.producer;
  header.first_seq = Seq{spec.first_seq};
  header.count = static_cast<std::uint32_t>(spec.payloads.size());
  return encode_frame(header, events.bytes());
}

/// A producer that numbers what it says.
class Producer {
 public:
  explicit Producer(std::string name = "intake") : name_(std::move(name)) {}
  std::string frame(const std::vector<std::string>& payloads,
                    const std::string& subject = "alert.received") {
    std::string encoded = encode({name_, next_, payloads, subject, {}});
    next_ += payloads.size();
    return encoded;
  }

 private:
  std::string name_;
  std::uint64_t next_ = 1;
};

/// Until the next segment is ready and sidecars are written.
inline void wait_for_its_thread(Log& log) {
  (void)log.visit_indexes([](const SegmentIndex&) { return false; }, [](const SegmentIndex&) {});
}

/// As a client that comes again when the next segment was not ready.
inline Result<Offset> append(Log& log, const std::string& frame, TimeUs time) {
  const FrameView view = FrameView::parse(as_bytes(frame)).value();
  auto first = log.append(view, time);
  if (first || first.error().code() != Code::kOverloaded) return first;
  wait_for_its_thread(log);
  return log.append(view, time);
}

/// Writes, hashes and syncs what was gathered, on this thread.
inline Result<void> sync(Log& log) {
  auto pending = log.begin_sync();
  auto outcome = pending->run();
  return log.finish_sync(std::move(pending), outcome);
}

struct Seen {
  std::uint64_t offset = 0;
  std::string payload;
  bool operator==(const Seen&) const = default;
  friend void PrintTo(const Seen& seen, std::ostream* out) {
    *out << seen.offset << ":" << seen.payload;
  }
};

/// What a reader gives until it has caught up; the first failure ends the test's patience.
inline Result<std::vector<Seen>> drain(Reader& reader) {
  std::vector<Seen> seen;
  for (;;) {
    const auto batch = reader.next();
    if (!batch) return batch.error();
    if (!*batch) return seen;
    for_each_event(**batch, [&](const Event& event) {
      seen.push_back({event.offset.value, std::string(as_text(event.payload))});
    });
  }
}

inline std::vector<Seen> read_from(Log& log, std::uint64_t from) {
  return drain(*log.read(Offset{from}).value()).value();
}

/// A log of small segments in a folder of its own.
class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    options_.folder = folder_.path() + "/log";
    options_.segment_bytes = 64U << 10;
  }

  [[nodiscard]] Result<std::unique_ptr<Log>> try_open() { return log::open(env_.env(), options_); }
  [[nodiscard]] std::unique_ptr<Log> open() { return try_open().value(); }
  [[nodiscard]] std::string path(const std::string& name) const {
    return options_.folder + "/" + name;
  }
  [[nodiscard]] std::string first_segment() const { return path("00000000000000000001.seg"); }

  /// Appends one frame and syncs it: one batch.
  Offset write(Log& log, const std::vector<std::string>& payloads) {
    const Offset first = append(log, producer_.frame(payloads), now_).value();
    now_ = now_.plus_us(1000);
    EXPECT_TRUE(sync(log));
    return first;
  }
  /// Writes batches until the log has `segments` of them; returns the last offset.
  Offset fill_segments(Log& log, std::uint64_t segments) {
    while (log.segment_count() < segments)
      write(log, {std::string(1500, 'x'), "tail " + std::to_string(log.head().value)});
    return log.head();
  }

  TemporaryFolder folder_;
  ProductionEnv env_;
  Options options_;
  Producer producer_;
  TimeUs now_{1'700'000'000'000'000};
};

}  // namespace lamplight::log::test
