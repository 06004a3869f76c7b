#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "base/ids.hpp"
#include "model/event.hpp"

namespace lamplight::simtest {

/// What one event on the log is, as whoever sees it sees it.
struct Seen {
  Id16 id;
  TimeUs time;
  std::string producer;
  std::uint64_t content = 0;  ///< hash of subject, dedupe key and payload
  bool operator==(const Seen&) const = default;
};

/// Writes down what the bus said to anybody, and holds it against the log at the end.
///
/// While the world runs every word must fit all earlier ones: an offset is one event, the same for everybody, for ever.
/// Threads: one.
class Checker {
 public:
  // What clients did.
  void frame_sent(Bytes frame);  ///< by anybody, to the bus
  void published(const Id16& id, const std::string& producer, std::uint64_t instance,
                 std::uint64_t number);
  // What they were told.
  void acknowledged(const Id16& id, Offset offset, TimeUs time);
  void known_key(const Id16& dedupe, Offset offset);  ///< "that key lies at offset"
  void refused(const Id16& id);
  void refused_words(const Id16& digest);  ///< an alert of these words was refused for good
  void delivered(const std::string& to, const Event& event, Offset above);
  void bus_time(TimeUs time);  ///< within one life of the bus
  /// A read of the ledger's state at `cut` was answered.
  void ledger_read(Offset cut, std::uint64_t digest);
  void bus_started() { bus_time_.reset(); }
  /// A start that was refused as damaged: true only while a bit of a segment is flipped.
  void bus_refused(const std::string& why) {
    if (!segments_harmed) violation("the bus refuses a log that nobody harmed: " + why);
  }
  bool segments_harmed = false;  ///< the world's word

  /// Holds everything against the log in `folder`, which nobody writes any more.
  void check_log(Disk& disk, const std::string& folder);
  /// Of the decider: every input decided once, as the state before it wants, and every read true.
  void check_ledger(Disk& disk, const std::string& folder,
                    const std::function<bool(std::string_view)>& takes);
  void violation(std::string what);

  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  [[nodiscard]] std::uint64_t acks() const { return acks_; }
  [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }
  [[nodiscard]] std::uint64_t events() const { return log_.size(); }

 private:
  struct Publication {
    std::string producer;
    std::uint64_t instance = 0;
    std::uint64_t number = 0;
  };
  void learn(Offset offset, const Seen& seen, const std::string& from);
  void read_log(Disk& disk, const std::string& folder);
  void check_promises();
  void check_orders();

  std::set<std::uint64_t> frames_;  // hashes of those sent
  std::map<Id16, Publication> published_;
  std::map<Offset, std::pair<Id16, TimeUs>> acked_;
  std::map<Id16, Offset> acked_ids_;
  std::map<Offset, Id16> known_keys_;
  std::set<Id16> refused_;
  std::set<Id16> refused_words_;
  std::map<Offset, Seen> truth_;  // what was delivered
  std::optional<TimeUs> bus_time_;
  std::map<Offset, std::uint64_t> ledger_reads_;

  struct Logged {
    Seen seen;
    std::string subject;
    std::optional<Id16> dedupe;
    Id16 digest;
  };
  std::vector<Logged> log_;  // by offset - 1

  std::vector<std::string> violations_;
  std::uint64_t acks_ = 0;
  std::uint64_t deliveries_ = 0;
};

}  // namespace lamplight::simtest
