#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/env.hpp"
#include "own_frames.hpp"

namespace lamplight::runtime {

/// Remembers, in a small file that outlives the process, what is being evolved, so that a start knows what the one
/// before died of.
///
/// Normally a whole delivery is marked at once: two writes each, to the page cache. After a death its range is gone through
/// with a mark for each event, so that the second death tells the very input. The file need not survive a power loss: it
/// counts deaths of the process. Where it cannot be written nothing is remembered.
/// Threads: one.
class CrashMark {
 public:
  /// Deaths on one input from which on it is not tried again.
  static constexpr std::uint64_t kDeaths = 3;

  /// Reads what the run before left, and notes that as its death. Deaths of other code than `versions` are forgotten: it may
  /// be the fix.
  CrashMark(Disk& disk, const std::string& folder, const Versions& versions);
  [[nodiscard]] const std::string& path() const { return path_; }

  /// The input that kDeaths runs in a row died of.
  [[nodiscard]] std::optional<Offset> deadly() const;
  /// Whether each event of this range has to be marked by itself.
  [[nodiscard]] bool suspects(Offset from, Offset to) const;
  void enter(Offset from, Offset to);
  /// The same for the input `at` of a delivery that ends with `last`: alone where it is suspected, else the whole delivery,
  /// unless that was entered already.
  void enter_one_of(Offset at, Offset last);
  /// What was entered is done, if anything was.
  void leave();
  /// What was entered is done, if it was one input alone.
  void leave_one();

 private:
  struct Range {
    std::uint64_t from = 0;  // 0: none
    std::uint64_t to = 0;
    [[nodiscard]] bool meets(std::uint64_t first, std::uint64_t last) const {
      return from != 0 && first <= to && last >= from;
    }
  };
  void write();

  const std::string path_;
  const Versions versions_;
  std::unique_ptr<File> file_;
  Range now_;
  Range suspect_;
  std::uint64_t deaths_ = 0;
};

}  // namespace lamplight::runtime
