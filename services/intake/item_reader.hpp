#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.hpp"
#include "batch.hpp"
#include "model/alert_parser.hpp"
#include "model/code_lists.hpp"
#include "model/future_times.hpp"
#include "model/msgpack_writer.hpp"
#include "secret.hpp"

namespace lamplight::intake {

/// How far ahead of a clock the times of an alert may lie. Without a clock: as far as they like.
struct Horizon {
  const Clock* clock = nullptr;
  std::int64_t ahead_us = kMaxAheadUs;
};

/// Reads one item of a request into a batch: parse, check, encode once, hash once. Threads: one at a time.
class ItemReader {
 public:
  ItemReader(const CodeLists& codes, const Secret& secret, Horizon horizon = {})
      : parser_(codes), codes_(codes), secret_(secret), horizon_(horizon) {}

  /// Appends one item to the batch, valid or not. `key` is the item's idempotency name, zero for none.
  /// kJsonPadding bytes behind `json` must be readable.
  void read(std::string_view json, const Id16& key, Batch& batch);
  /// Appends an item that is refused without being read.
  static void refuse(http::Problem problem, Batch& batch);

 private:
  [[nodiscard]] bool keeps_every_rule(std::string_view json);
  void find_open_codes(std::vector<OpenCode>& out) const;
  void encode(Item& item, Batch& batch);

  AlertParser parser_;
  const CodeLists& codes_;
  const Secret& secret_;
  const Horizon horizon_;
  AlertReceived alert_;
  std::vector<FieldError> errors_;
  std::vector<Warning> warnings_;
  MsgpackWriter writer_;
};

/// The digest of what the sender said: the sender's fields of an encoded payload, whatever the form they came in.
/// Sets body_digest in `payload`, an encoded AlertReceived, in place, and returns it.
Id16 set_body_digest(const Secret& secret, std::string& payload);

/// Readers at rest, so that a request need not build its own. Threads: any; the mutex guards the list only.
class ItemReaders {
 public:
  ItemReaders(const CodeLists& codes, const Secret& secret, Horizon horizon = {})
      : codes_(codes), secret_(secret), horizon_(horizon) {}
  [[nodiscard]] std::unique_ptr<ItemReader> take();
  void give_back(std::unique_ptr<ItemReader> reader);

 private:
  static constexpr std::size_t kKept = 16;
  const CodeLists& codes_;
  const Secret& secret_;
  const Horizon horizon_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<ItemReader>> resting_;
};

}  // namespace lamplight::intake
