#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.hpp"
#include "batch.hpp"
#include "kinds.hpp"
#include "model/code_lists.hpp"
#include "model/future_times.hpp"
#include "model/item_parser.hpp"
#include "secret.hpp"

namespace lamplight::intake {

/// How far ahead of a clock the times of what has happened may lie. Without a clock: as far as they like.
struct Horizon {
  const Clock* clock = nullptr;
  std::int64_t ahead_us = kMaxAheadUs;
};

/// Reads one item of a request into a batch: parse, check, encode once, hash once. Threads: one at a time.
class ItemReader {
 public:
  ItemReader(const CodeLists& codes, const Secret& secret, Horizon horizon = {});
  ~ItemReader();
  ItemReader(const ItemReader&) = delete;
  ItemReader& operator=(const ItemReader&) = delete;

  /// Appends one item of the batch's kind to it, valid or not. `key` is the item's idempotency name, zero for none.
  /// kJsonPadding bytes behind `json` must be readable.
  void read(std::string_view json, const Id16& key, Batch& batch);
  /// Appends an item that is refused without being read.
  static void refuse(http::Problem problem, Batch& batch);

 private:
  class OfKind {
   public:
    virtual ~OfKind() = default;
    virtual void read(std::string_view json, const Id16& key, Batch& batch) = 0;
  };
  template <typename T>
  class Of;

  const CodeLists& codes_;
  const Secret& secret_;
  const Horizon horizon_;
  std::array<std::unique_ptr<OfKind>, kKinds> of_kinds_;  // made when first asked for
};

/// The digest of what the sender said: the sender's fields of an encoded payload, whatever the form they came in.
/// Sets body_digest in `payload`, an encoded record of the kind, in place, and returns it.
Id16 set_body_digest(const Secret& secret, Kind kind, std::string& payload);
inline Id16 set_body_digest(const Secret& secret, std::string& payload) {
  return set_body_digest(secret, Kind::kAlert, payload);
}

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
