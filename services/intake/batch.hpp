#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "http/problem.hpp"
#include "kinds.hpp"
#include "model/alert.hpp"
#include "model/code_lists.hpp"
#include "model/field_error.hpp"

/// What HTTP threads hand to the core and get back: some items of one request, in the sender's order.
namespace lamplight::intake {

/// How an item of a request ended.
enum class Outcome : std::uint8_t {
  kOpen,     ///< not yet known
  kInvalid,  ///< refused while reading: Note::problem says why
  kAccepted,  ///< 202: durable under id, offset, time; also the answer to a repeat under the same key
  kDuplicate,          ///< 200: the same reference and words are there as id, offset, time
  kKeyReused,          ///< 422: the key belongs to other words, under id
  kReferenceConflict,  ///< 409: the reference belongs to other words, under id
  kUnknownAlert,       ///< 422: corrects or withdraws names nothing of this partner
  kWithdrawn,          ///< 422: what it corrects or withdraws is withdrawn (by id)
  kIsWithdrawal,       ///< 422: what it corrects or withdraws is itself a withdrawal
  kOnlyActual,         ///< 422: it is not Actual, but what it corrects or withdraws is
  kTooManyCodes,  ///< 422: it brings a code in, and its list (Item::full) has too many on this log
  kUnavailable,   ///< 503: no bus; nothing was handed to it
  kTimedOut,      ///< 503: handed to the bus, not acknowledged in time: may still come
  kFailed,        ///< 503: the bus refused it
};

/// A code that the lists do not hold, and the list that would.
struct OpenCode {
  CodeList list = CodeList::kCategory;
  std::string code;
};

/// What only some items have: what was ignored in them, or why they were refused.
struct Note {
  std::vector<Warning> warnings;
  std::optional<http::Problem> problem;
  std::vector<OpenCode> open_codes;
};

struct Item {
  // Said by the sender, hashed by us.
  std::uint32_t payload_at = 0;  ///< in Batch::payloads: the encoded record
  std::uint32_t payload_size = 0;
  Id16 reference;
  Id16 digest;
  Id16 key;    ///< zero: none
  Id16 names;  ///< of an alert: the one it corrects or withdraws; zero: none
  TimeUs reported_at;
  AlertStatus status = AlertStatus::kActual;
  bool withdrawal = false;  ///< of an alert: it withdraws what it names
  std::int32_t note = -1;   ///< index into Batch::notes

  // Said by the core.
  Outcome outcome = Outcome::kOpen;
  Id16 id;
  Offset offset;
  TimeUs time;
  CodeList full = CodeList::kCategory;  ///< kTooManyCodes: the list
};

struct Batch;
using BatchPtr = std::shared_ptr<Batch>;

/// Whoever wants the answers. Called once a batch, on the core thread. A batch owns its owner until then: an owner that
/// kept the batch would keep itself, and both, when the core ends with the batch unanswered.
class BatchOwner {
 public:
  virtual ~BatchOwner() = default;
  virtual void answered(BatchPtr batch) = 0;
};

struct Batch {
  Kind kind = Kind::kAlert;  ///< of all its items
  std::string partner;
  std::uint64_t first_index = 0;  ///< place in the request of the first item
  std::string payloads;           ///< the items' payloads, one after the other
  std::vector<Item> items;
  std::vector<Note> notes;
  std::shared_ptr<BatchOwner> owner;  ///< lives until it has its answers

  // The core's.
  std::size_t next = 0;          ///< first item not yet decided
  std::size_t open = 0;          ///< items without outcome
  std::int64_t deadline_us = 0;  ///< monotonic; open items time out then

  [[nodiscard]] Bytes payload(const Item& item) const {
    return as_bytes(payloads).subspan(item.payload_at, item.payload_size);
  }
};

}  // namespace lamplight::intake
