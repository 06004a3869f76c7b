#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bus/client.hpp"

namespace lamplight::intake {

/// Fetches single events from the log: payloads are not kept in memory.
///
/// Each read is a subscription from its offset, ended at the first delivery. A few at a time; the rest wait in line.
/// Lives on the owner thread of the bus client; hears the time in `advance`.
class LogReader {
 public:
  /// The payload of the event; kTimeout when it did not come in time, kOverloaded when the line was full.
  using Done = std::function<void(const Result<std::string>&)>;
  struct Options {
    std::size_t at_once = 32;
    std::size_t in_line = 4096;
    std::int64_t timeout_us = 10'000'000;
  };

  LogReader(bus::Client& client, Options options) : client_(client), options_(options) {}
  ~LogReader();
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  /// The event of that subject at that offset.
  void read(std::string_view subject, Offset offset, std::int64_t now_us, Done done);
  /// Once a round of the client, outside its callbacks: begins, ends and answers reads.
  void advance(std::int64_t now_us);
  [[nodiscard]] std::size_t waiting() const { return line_.size() + reads_.size(); }

 private:
  struct Read {
    std::string subject;
    Offset offset;
    std::int64_t deadline_us = 0;
    Done done;
    std::uint32_t subscription = 0;
    bool found = false;
    bool passed = false;  // the bus scanned beyond it without finding it
    std::string payload;
  };
  void begin(Read read);
  void finish(Read& read, bool timed_out);

  bus::Client& client_;
  Options options_;
  std::deque<Read> line_;
  std::vector<std::shared_ptr<Read>> reads_;
};

}  // namespace lamplight::intake
