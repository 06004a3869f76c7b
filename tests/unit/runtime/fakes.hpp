#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "bus/client.hpp"

/// A clock that stands still, a disk in memory and a bus that says what the test tells it to.
namespace lamplight::runtime::testing {

class FakeClock final : public Clock {
 public:
  TimeUs wall() const override { return {now_us}; }
  std::int64_t monotonic_us() const override { return now_us; }
  std::int64_t now_us = 1'000'000;
};

class FakeRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override { std::fill(out.begin(), out.end(), 7); }
};

using FileBytes = std::shared_ptr<std::string>;

class MemoryFile final : public File {
 public:
  MemoryFile(FileBytes bytes, const bool& full) : bytes_(std::move(bytes)), full_(full) {}
  Result<std::size_t> read_at(std::uint64_t at, std::span<std::uint8_t> out) const override {
    const std::size_t from = std::min<std::size_t>(at, bytes_->size());
    const std::size_t n = std::min(out.size(), bytes_->size() - from);
    std::copy_n(bytes_->data() + from, n, out.data());
    return n;
  }
  Result<void> write_at(std::uint64_t at, Bytes bytes) override {
    if (full_) return Error(Code::kOverloaded, "disk full");
    if (bytes_->size() < at + bytes.size()) bytes_->resize(at + bytes.size());
    std::copy(bytes.begin(), bytes.end(), bytes_->begin() + static_cast<std::ptrdiff_t>(at));
    return {};
  }
  Result<void> sync() override { return {}; }
  Result<std::uint64_t> size() const override { return bytes_->size(); }
  Result<void> truncate(std::uint64_t size) override {
    bytes_->resize(size);
    return {};
  }

 private:
  FileBytes bytes_;
  const bool& full_;
};

class MemoryDisk final : public Disk {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    if (mode == OpenMode::kCreate || mode == OpenMode::kCreateOrTruncate) {
      files[path] = std::make_shared<std::string>();
    }
    const auto file = files.find(path);
    if (file == files.end()) return Error(Code::kNotFound, "open " + path);
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(file->second, full));
  }
  Result<void> rename(const std::string& from, const std::string& to) override {
    files[to] = files.at(from);
    files.erase(from);
    return {};
  }
  Result<void> remove(const std::string& path) override {
    if (files.erase(path) == 0) return Error(Code::kNotFound, "unlink " + path);
    return {};
  }
  Result<void> make_folder(const std::string&) override { return {}; }
  Result<void> sync_folder(const std::string&) override { return {}; }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    std::vector<std::string> names;
    for (const auto& file : files) {
      if (file.first.starts_with(folder + "/"))
        names.push_back(file.first.substr(folder.size() + 1));
    }
    return names;
  }
  bool exists(const std::string& path) override { return files.contains(path); }
  Result<std::uint64_t> free_bytes(const std::string&) override { return std::uint64_t{1} << 30; }
  Result<std::unique_ptr<File>> lock(const std::string& path) override {
    return open(path, OpenMode::kCreateOrTruncate);
  }

  std::map<std::string, FileBytes> files;
  bool full = false;
};

struct FakeWorld {
  FakeClock clock;
  MemoryDisk disk;
  FakeRandom random;
  Env env() { return {clock, disk, random}; }
};

inline ChainHash hash_of(std::uint64_t n) {
  ChainHash hash;
  for (std::size_t i = 0; i < 8; ++i) hash.bytes[i] = static_cast<std::uint8_t>(n >> (8 * i));
  return hash;
}

/// A log of batches; `deliver_next` gives the subscriber one batch at a time, as the bus would.
class FakeBus final : public bus::Client {
 public:
  explicit FakeBus(const FakeClock& clock) : clock_(clock) { state_.log_id.bytes[0] = 1; }

  // ---- the script --------------------------------------------------------------------------------

  /// Another batch on the log, of events with these payload bytes. Its time is its last offset in seconds.
  void append(const std::vector<std::string>& payloads,
              const std::string& subject = "alert.received") {
    Batch batch;
    for (const std::string& payload : payloads) {
      batch.payloads.push_back(payload);
      ++head_;
    }
    batch.subject = subject;
    batch.last = head_;
    batches_.push_back(std::move(batch));
    state_.head = {head_};
    state_.bus_time = {static_cast<std::int64_t>(head_) * 1'000'000};
  }
  void connect() {
    state_.connected = true;
    ++state_.sessions;
    heartbeat();
  }
  void heartbeat() { state_.heard_at_us = clock_.now_us; }
  void serve_another_log() {
    state_.log_id.bytes[0]++;
    ++state_.sessions;
  }
  /// The same events with another history behind them.
  void rewrite_chain() { salt_ = 1'000'000; }
  /// `batches` to a delivery, the first of a subscription holds one; false when nothing is left to deliver.
  bool deliver(std::size_t batches = 1) {
    std::vector<Event> events;
    bus::Delivery delivery;
    bool any = false;
    for (; batches > 0 && next_ < batches_.size(); --batches, ++next_) {
      const Batch& batch = batches_[next_];
      const std::uint64_t first = batch.last - batch.payloads.size() + 1;
      if (batch.last < from_) {
        ++batches;
        continue;
      }
      for (std::size_t i = 0; i < batch.payloads.size(); ++i) {
        if (first + i < from_ || !taken(batch.subject)) continue;
        Event event;
        event.subject = batch.subject;
        event.payload = as_bytes(batch.payloads[i]);
        event.offset = {first + i};
        event.time = {static_cast<std::int64_t>(batch.last) * 1'000'000};
        events.push_back(event);
      }
      delivery.scanned = {batch.last};
      delivery.hash = hash_of(batch.last + salt_);
      delivery.time = {static_cast<std::int64_t>(batch.last) * 1'000'000};
      delivery.batch_end = true;
      any = true;
      if (!std::exchange(opened_, true)) batches = 1;
    }
    if (!any || !on_delivery_) return false;
    delivery.events = &events;
    const auto callback = on_delivery_;
    callback(delivery);
    return true;
  }
  /// The first event alone of the next batch: a delivery that ends inside it.
  void deliver_part() {
    const Batch& batch = batches_.at(next_);
    const std::uint64_t first = batch.last - batch.payloads.size() + 1;
    Event event;
    event.subject = batch.subject;
    event.payload = as_bytes(batch.payloads[0]);
    event.offset = {first};
    std::vector<Event> events{event};
    bus::Delivery delivery;
    delivery.events = &events;
    delivery.scanned = {first};
    delivery.hash = hash_of(batch.last + salt_);
    delivery.time = {static_cast<std::int64_t>(batch.last) * 1'000'000};
    on_delivery_(delivery);
    from_ = first + 1;
  }
  void deliver_all() {
    while (deliver()) {
    }
  }
  [[nodiscard]] Offset subscribed_from() const { return {from_}; }
  [[nodiscard]] std::size_t subscriptions() const { return subscriptions_; }

  // ---- bus::Client -------------------------------------------------------------------------------

  Result<void> publish(const bus::NewEvent&, std::optional<TimeUs>, bus::AckCallback) override {
    return Error(Code::kUnsupported, "a projection publishes nothing");
  }
  void flush() override {}
  std::size_t unacknowledged() const override { return 0; }
  std::uint32_t subscribe(bus::SubscribeOptions options,
                          std::function<void(const bus::Delivery&)> on_delivery) override {
    from_ = options.from.value;
    patterns_ = options.subjects;
    next_ = 0;
    opened_ = false;
    on_delivery_ = std::move(on_delivery);
    ++subscriptions_;
    return ++last_id_;
  }
  void unsubscribe(std::uint32_t) override {
    on_delivery_ = nullptr;
    --subscriptions_;
  }
  void go_live(bus::AckCallback) override {}
  const bus::BusState& state() const override { return state_; }
  void on_change(std::function<void(const bus::BusState&, const std::optional<Error>&)>) override {}
  void poll(std::int64_t) override {}
  void post(std::function<void()> work) override { work(); }

 private:
  struct Batch {
    std::vector<std::string> payloads;
    std::string subject;
    std::uint64_t last = 0;
  };
  [[nodiscard]] bool taken(const std::string& subject) const {
    return std::any_of(patterns_.begin(), patterns_.end(),
                       [&](const std::string& pattern) { return matches(pattern, subject); });
  }

  const FakeClock& clock_;
  bus::BusState state_;
  std::vector<Batch> batches_;
  std::uint64_t head_ = 0;
  std::uint64_t salt_ = 0;
  std::uint64_t from_ = 1;
  std::size_t next_ = 0;
  bool opened_ = false;
  std::vector<std::string> patterns_;
  std::function<void(const bus::Delivery&)> on_delivery_;
  std::size_t subscriptions_ = 0;
  std::uint32_t last_id_ = 0;
};

}  // namespace lamplight::runtime::testing
