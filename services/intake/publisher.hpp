#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/uuid.hpp"
#include "batch.hpp"
#include "bus/client.hpp"
#include "state.hpp"

namespace lamplight::intake {

/// What the publisher tells the metrics.
class PublisherObserver {
 public:
  virtual ~PublisherObserver() = default;
  virtual void accepted(const std::string& partner, AlertStatus status) = 0;
  virtual void duplicate(std::string_view kind) = 0;  ///< key, reference, bus
};

/// Decides what each item is (new, a repeat, in conflict), publishes the new ones, and answers when they are durable.
///
/// Without sockets, threads and clock: it lives on the owner thread of the bus client, and is handed the time and the
/// fold's state, which it never changes, in `advance`. Between publish and fold an item stands in a table of those under way,
/// so that a repeat of it waits and gets the same answer.
/// Ordering: items are published in the order of submit and, within a batch, of the items. Answers go out a batch at a
///   time, when its last item has one.
/// Durability: kAccepted and kDuplicate are said only of what the bus has acknowledged or delivered.
class Publisher {
 public:
  struct Options {
    std::int64_t answer_timeout_us =
        25'000'000;  ///< a batch's items that have no outcome by then time out
    std::size_t max_under_way =
        65'536;  ///< published and not yet folded; beyond it submitted items wait
    const CodeLists* lists = nullptr;   ///< null: any code may come in
    std::size_t max_open_codes = 2000;  ///< that one log may hold of a list, beside those listed
  };

  Publisher(bus::Client& client, UuidSource& ids, PublisherObserver& observer, Options options);

  void submit(BatchPtr batch, std::int64_t now_us);
  /// Once a round of the client, outside its callbacks: publishes what waits, times out what is too old, hands out
  /// answers. `state` is the fold as of `cut`; null while it is still replaying, when nothing is decided.
  void advance(const IntakeState* state, Offset cut, std::int64_t now_us);

  /// Items without an answer, and publishes whose acknowledgement is still to come.
  [[nodiscard]] std::size_t unanswered() const { return open_items_; }
  /// Payloads of the batches that have such items.
  [[nodiscard]] std::size_t unanswered_bytes() const { return open_bytes_; }
  [[nodiscard]] std::size_t unacknowledged() const { return unacknowledged_; }
  /// Published and not yet in the state: whoever reads it waits for the fold.
  [[nodiscard]] bool is_under_way(const Id16& id) const { return by_id_.count(id) != 0; }

 private:
  using Number = std::uint64_t;  // of a publish, in order: pending_[number - first_pending_]
  using Index = std::unordered_map<Id16, Number>;
  struct Place {
    BatchPtr batch;
    std::size_t index = 0;
    [[nodiscard]] Item& item() const { return batch->items[index]; }
  };
  struct Pending {
    Place place;  // empty once acknowledged: the batch's memory is not held for the fold
    std::string partner;
    Id16 id;
    Id16 reference;
    Id16 key;
    Id16 digest;
    Kind kind = Kind::kAlert;
    Id16 root;  // the alert that it corrects or withdraws in the end; its own id otherwise
    bool withdrawal = false;
    bool actual = false;
    bool acked = false;
    bool gone = false;  // refused, or in the state: no index leads here
    Offset offset;
    TimeUs time;
    std::vector<Place> waiters;
  };
  /// The alert that another one names, in the state or under way.
  struct Named {
    Id16 root;
    Id16 withdrawn_by;  // zero: stands
    bool withdrawal = false;
    bool actual = false;  // something Actual was said of it, or of what it corrects
  };
  enum class Decision { kDone, kLater };

  [[nodiscard]] Decision decide(const Place& place);
  [[nodiscard]] bool answer_from_pending(const Place& place);
  [[nodiscard]] bool answer_from_state(const Place& place);
  [[nodiscard]] std::optional<Named> find_named(const std::string& partner, const Id16& id);
  [[nodiscard]] std::optional<Id16> check_relation(const Place& place);
  [[nodiscard]] bool takes_codes(const Place& place);
  void count_open_codes();
  [[nodiscard]] Decision publish(const Place& place, const Id16& id, const Id16& root);
  void add_pending(const Place& place, const Id16& id, const Id16& root);
  void acknowledged(const Result<bus::Acked>& acked);
  void forget(Pending& pending);
  void drop_folded();
  void settle(const Place& place, Outcome outcome, const Id16& id = {}, Offset offset = {},
              TimeUs time = {});
  void pump();
  void decide_again();
  void expire(std::int64_t now_us);
  void hand_out();
  [[nodiscard]] Pending* find_pending(const Index& index, const Id16& key);

  bus::Client& client_;
  const IntakeState* state_ = nullptr;  // within advance only
  UuidSource& ids_;
  PublisherObserver& observer_;
  Options options_;

  std::deque<BatchPtr> queue_;       // not yet decided to the end
  std::deque<BatchPtr> unanswered_;  // in order of submit; answered ones are dropped from the front
  std::vector<BatchPtr> answered_;
  std::size_t open_items_ = 0;
  std::size_t open_bytes_ = 0;

  std::deque<Pending> pending_;  // in publish order
  Number first_pending_ = 0;
  Number next_ack_ = 0;  // acknowledgements come in publish order
  std::size_t unacknowledged_ = 0;
  Index by_id_;
  Index by_reference_;
  Index by_key_;
  std::unordered_map<Id16, Id16> withdrawn_;  // root → the Actual withdrawal under way

  // Codes that no list holds: on the log as of the state, and under way.
  std::array<std::size_t, kCodeListCount> open_codes_{};
  std::size_t counted_codes_ = 0;  // size of the state's when they were counted
  const IntakeState* counted_state_ = nullptr;
  CodeSets new_codes_;

  Offset cut_;
  std::vector<Place> again_;  // to decide once more: what they waited for is known
  std::vector<std::pair<Offset, Place>>
      for_fold_;  // the bus knows them as duplicates; the fold will say of what
};

}  // namespace lamplight::intake
