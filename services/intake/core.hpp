#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "base/uuid.hpp"
#include "batch.hpp"
#include "bus/client.hpp"
#include "log_reader.hpp"
#include "publisher.hpp"
#include "runtime/fold_host.hpp"
#include "runtime/service.hpp"
#include "secret.hpp"
#include "state.hpp"

namespace lamplight::intake {

/// Whether new work is taken now, and if not why.
enum class Admission : std::uint8_t { kOpen, kStarting, kNoBus, kNoRoom, kFull, kDraining };

/// A record as it lies on the log and, of an alert, what became of it.
struct FoundRecord {
  Kind kind = Kind::kAlert;
  Id16 id;
  Offset offset;
  TimeUs time;
  std::optional<Id16> corrected_by;
  std::optional<Id16> withdrawn_by;
  std::string payload;
};
/// What the bus told last of its log.
struct LogStatus {
  bool seeding = false;  ///< its time comes with the data
  Offset head;
};
using FoundCallback = std::function<void(const Result<FoundRecord>&)>;

/// Intake without HTTP: the bus client, the fold, the publisher and the reads, on one thread.
///
/// Threads: `admission`, `log_status`, `submit`, `find` and `close` from any; everything else from the one thread that
/// calls `round`, where the callbacks come, too. The mutex guards the two inboxes; no other lock is taken under it.
class Core {
 public:
  struct Options {
    std::string snapshot_folder;
    std::int64_t snapshot_every_us = 60'000'000;
    std::uint64_t keep_free_bytes = 0;
    std::size_t max_open_items =
        32'768;  ///< accepted from HTTP and not yet answered; beyond it kFull
    std::size_t max_open_bytes = 64U << 20;  ///< of their payloads; beyond it kFull
    Publisher::Options publisher;
    LogReader::Options reads;
  };
  /// What the core tells of itself. `ready_changed`: empty when ready, otherwise why not. `failed`: it cannot go on.
  struct Told : runtime::Told {
    std::function<void(const IntakeState&)>
        figures;  ///< at most once a second, when the fold has moved
  };

  Core(const Env& env, std::unique_ptr<bus::Client> client, const Secret& secret,
       runtime::ServiceMetrics& metrics, PublisherObserver& observer, Options options, Told told);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  [[nodiscard]] Admission admission() const;
  [[nodiscard]] LogStatus log_status() const { return {seeding_.load(), {head_.load()}}; }
  /// The batch's owner hears when it is answered. Whoever submits has looked at `admission`.
  void submit(BatchPtr batch);
  /// kNotFound: no such record of that kind and partner; kTimeout, kOverloaded, kUnavailable: later.
  void find(Kind kind, const Id16& id, std::string partner, FoundCallback done);
  /// New work is refused from now on; what is under way goes on.
  void close();

  /// One round: the client, the fold, decisions, answers. Blocks up to `timeout_us` when there is nothing to do.
  void round(std::int64_t timeout_us);
  /// Nothing is under way any more.
  [[nodiscard]] bool idle() const;
  [[nodiscard]] Result<void> snapshot() { return host_->snapshot(); }

 private:
  struct Wanted {
    Kind kind = Kind::kAlert;
    Id16 id;
    std::string partner;
    FoundCallback done;
    std::int64_t deadline_us = 0;
  };
  void take_inboxes(std::int64_t now_us);
  void wake();
  void look_up(const IntakeState* state, std::int64_t now_us);
  void fetch(const IntakeState& state, Wanted wanted, std::int64_t now_us);
  void tell_readiness();
  [[nodiscard]] std::string why_not_ready() const;
  void check_secret(const IntakeState& state);
  void show(const IntakeState* state, std::int64_t now_us);

  const Env env_;
  std::unique_ptr<bus::Client> client_;
  const Secret& secret_;
  Options options_;
  Told told_;
  UuidSource ids_;
  std::unique_ptr<runtime::FoldHost> host_;
  Publisher publisher_;
  LogReader reader_;
  std::vector<Wanted> lookups_;

  std::optional<std::string> told_why_;
  bool secret_checked_ = false;
  bool failed_ = false;
  Offset shown_;
  std::int64_t shown_at_us_ = 0;

  std::atomic<bool> closed_{false};
  std::atomic<bool> live_{false};
  std::atomic<bool> connected_{false};
  std::atomic<bool> no_room_{false};  // what is under way asks again and again
  std::atomic<bool> seeding_{false};
  std::atomic<std::uint64_t> head_{0};
  std::atomic<std::size_t> open_items_{0};  // inbox and publisher together
  std::atomic<std::size_t> open_bytes_{0};  // likewise

  mutable std::mutex mutex_;
  std::vector<BatchPtr> new_batches_;
  std::vector<Wanted> new_lookups_;
};

}  // namespace lamplight::intake
