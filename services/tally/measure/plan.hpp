#pragma once

#include <memory>

#include "tally/measure/stream.hpp"
#include "tally/sums.hpp"

namespace lamplight::tally {

/// What one cell of a table holds. All of it adds up, so that it can be taken out again.
struct Sums {
  WideSum n = 0;  ///< of sums and distinct keys
  std::int64_t entries = 0;
  std::int64_t at_least = 0;  ///< numbers of the sum that are lower bounds
  std::int64_t reaches = 0;
  std::int64_t without_key = 0;
  std::int64_t conflicts = 0;
  std::int64_t senders_keys = 0;  ///< entries whose key only their sender uses
  bool operator==(const Sums&) const = default;
};

/// The number that a cell comes to: a sum beyond kGreatestSum, either way, is at least that much.
[[nodiscard]] Amount amount_of(CountBy count, const Sums& sums);

/// A question and the memory that answers it at any place of its stream: cells at checkpoints, and for distinct keys the
/// places at which they came and went. Between two checkpoints the rows are read again.
class Plan {
 public:
  static constexpr std::size_t kCheckpointEvery = 1U << 15;

  Plan(const CampaignDefinition& definition, const MeasureQuestion& question, const Dimensions& by,
       std::shared_ptr<Stream> stream, Names& names);

  [[nodiscard]] Stream& stream() { return *stream_; }
  [[nodiscard]] std::size_t done() const { return done_; }
  /// Takes a block of the stream up to place `until`.
  void take(Block& block, std::size_t until);
  /// The cells as they were after `places` places.
  [[nodiscard]] std::vector<Sums> cells_at(const Records& records, std::size_t places);
  [[nodiscard]] AmountTable table(const Records& records, const std::vector<Sums>& cells) const;

  /// What came and went in places [from, to), as (place, what it adds): of a plan without dimensions.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::int64_t>> steps(const Records& records,
                                                                          std::size_t from,
                                                                          std::size_t to);
  [[nodiscard]] Compiled& compiled() { return compiled_; }
  [[nodiscard]] CountBy count() const { return count_; }
  /// Different keys held, of a distinct count.
  [[nodiscard]] std::size_t keys() const { return keys_.size(); }

 private:
  struct Step {
    std::uint32_t place = 0;
    std::uint32_t cell = 0;
    std::int32_t adds = 0;
  };
  struct Checkpoint {
    std::size_t places = 0;
    std::size_t steps = 0;
    std::vector<Sums> cells;
  };
  void add(const Block& block, std::vector<Sums>& cells) const;
  void count_keys(const Block& block);

  CountBy count_;
  Dimensions by_;
  std::shared_ptr<Stream> stream_;
  Compiled compiled_;
  std::size_t done_ = 0;
  std::vector<Sums> cells_;
  std::vector<Checkpoint> checkpoints_;
  KeyTable<std::uint32_t> keys_;  ///< how many rows bear it
  std::vector<Step> steps_;
  std::vector<Item> items_;
};

}  // namespace lamplight::tally
