#pragma once

#include <map>
#include <memory>

#include "tally/measure/compiled.hpp"

namespace lamplight::tally {

/// The field whose equal values count once in a sum; empty: none.
[[nodiscard]] std::string once_of(const MeasureSpec& measure);

/// The question without what looks at the chosen rows alone.
[[nodiscard]] MeasureQuestion without_limits(MeasureQuestion question);

/// How the rows of each key are looked for, of which one counts.
[[nodiscard]] Aspect choosing_aspect(const MeasureSpec& measure);

/// What a question's rows are taken from: all that stands, or, where each key counts once, what stands for it. Places are
/// numbers in this stream; a place belongs to a change of the log.
class Stream {
 public:
  /// All standing records of a kind.
  explicit Stream(std::string from);
  /// Of the records with the same key (of `latest`, or `once`) the one that counts.
  Stream(const CampaignDefinition& definition, const MeasureQuestion& question, Names& names);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] const std::string& from() const { return from_; }
  [[nodiscard]] bool chooses() const { return chooser_ != nullptr; }
  /// Takes a block of the record kind's own changes, `until` being the number of changes then taken.
  void take(Block& block, std::size_t until);
  /// Number of the record kind's changes taken so far (of a choosing stream).
  [[nodiscard]] std::size_t taken() const { return taken_; }

  [[nodiscard]] std::size_t size(const Records& records) const;
  /// Number of places at or before an offset.
  [[nodiscard]] std::size_t until(const Records& records, Offset offset) const;
  /// Fills a block with the touches of places [from, to).
  void fill(const Records& records, std::size_t from, std::size_t to, Block& block) const;
  /// Offset of the event at a place.
  [[nodiscard]] std::uint64_t offset(const Records& records, std::size_t place) const;

 private:
  struct Chooser;
  struct Chosen {
    std::uint32_t change = 0;
    std::uint32_t row = 0;
    std::int8_t sign = 1;
    Role role = Role::kCounts;
  };
  std::string from_;
  std::size_t taken_ = 0;
  std::vector<Chosen> chosen_;
  std::unique_ptr<Chooser> chooser_;
};

}  // namespace lamplight::tally
