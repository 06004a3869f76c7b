#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash_index.hpp"
#include "base/ids.hpp"
#include "code_sets.hpp"
#include "kinds.hpp"
#include "record_types.hpp"
#include "runtime/fold.hpp"

namespace lamplight::intake {

inline constexpr std::uint32_t kNoRecord = 0xFFFF'FFFF;

/// What intake keeps of an alert or a report: enough to answer a repeat, never the thing itself (that is read from the log).
struct Record {
  Id16 id;
  Id16 reference;  ///< keyed hash of (kind, partner, partner_ref); zero when the event carried none
  Id16 digest;     ///< keyed hash of what the partner said
  Id16 key;        ///< keyed hash of (kind, partner, Idempotency-Key, index); zero: none
  Offset offset;
  TimeUs time;                ///< received_at
  std::uint32_t partner = 0;  ///< number of the partner, see IntakeState::partner
  // Of alerts alone. Reports name references, which tally follows.
  std::uint32_t root =
      kNoRecord;  ///< the alert that this one corrects or withdraws in the end; itself otherwise
  std::uint32_t latest =
      kNoRecord;  ///< of a root: the Actual correction that stands for it, if any
  std::uint32_t withdrawn_by = kNoRecord;  ///< of a root: the Actual alert that took it out, if any
  bool withdrawal = false;                 ///< takes another alert out
  bool actual = false;                     ///< status Actual
  bool unresolved = false;  ///< corrects or withdraws what is not on the log, or another partner's
  Kind kind = Kind::kAlert;
};

/// Alerts received, by class and status: what the gauge is made of. As many classes as alerts have borne
/// (intake.open_codes bounds them).
using StatusCounts = std::array<std::uint64_t, 5>;  ///< indexed by AlertStatus
using ClassCounts = std::map<std::string, StatusCounts, std::less<>>;
using KindCounts = std::array<StatusCounts, kKinds>;  ///< indexed by Kind

/// Intake's projection of alerts and reports: who sent what under which reference and key.
///
/// Records lie in log order, so equal histories give equal snapshots. The first of two events with one id, reference or
/// key wins. What corrects and withdraws which alert is tally's rule: only Actual does, and a withdrawal is final. About 150
/// bytes a record. Threads: the core thread.
class IntakeState final : public runtime::Fold {
 public:
  void evolve(const Event& event) override;
  void save(runtime::SnapshotWriter& out) const override;
  void load(runtime::SnapshotReader& in) override;
  [[nodiscard]] std::uint32_t state_version() const override { return 5; }

  [[nodiscard]] const Record* by_id(const Id16& id) const;
  [[nodiscard]] const Record* by_reference(const Id16& reference) const;
  [[nodiscard]] const Record* by_key(const Id16& key) const;

  [[nodiscard]] const Record& at(std::uint32_t number) const {
    return chunks_[number / kChunk][number % kChunk];
  }
  [[nodiscard]] const std::string& partner(const Record& record) const {
    return partners_[record.partner];
  }
  /// Something Actual was said of the alert or of what it corrects: only Actual alerts may touch it.
  [[nodiscard]] bool touches_actual(const Record& record) const {
    const Record& root = at(record.root);
    return record.actual || root.actual || root.latest != kNoRecord;
  }
  /// The newest Actual correction of the alert's root that came after the alert; null when it stands as it is.
  [[nodiscard]] const Record* corrected_by(const Record& record) const;
  [[nodiscard]] const Record* withdrawn_by(const Record& record) const;

  [[nodiscard]] std::uint32_t size() const { return size_; }
  /// Alerts by class and status.
  [[nodiscard]] const ClassCounts& counts() const { return counts_; }
  /// Everything by kind and status.
  [[nodiscard]] const KindCounts& kind_counts() const { return kind_counts_; }
  [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }
  /// Every code that a record on the log has borne, whether a list holds it today or not.
  [[nodiscard]] const CodeSets& codes() const { return codes_; }

  /// The first event's partner, reference and reference hash: shows whether a secret is the one the log was written with.
  struct Witness {
    Kind kind = Kind::kAlert;
    std::string partner;
    std::string partner_ref;
    Id16 reference;
  };
  [[nodiscard]] const std::optional<Witness>& witness() const { return witness_; }

 private:
  static constexpr std::size_t kChunk = 1024;

  [[nodiscard]] Record& mutable_at(std::uint32_t number) {
    return chunks_[number / kChunk][number % kChunk];
  }
  template <typename T>
  void take(const Event& event);
  std::uint32_t append(const Record& record);
  void index(std::uint32_t number);
  void relate(std::uint32_t number, const AlertReceived& alert);
  void count_class(const AlertReceived& alert);
  [[nodiscard]] std::uint32_t partner_number(std::string_view name);
  [[nodiscard]] const Record* found(std::uint32_t number) const;

  std::vector<std::unique_ptr<Record[]>> chunks_;  // never moved: growth does not pause the core
  std::uint32_t size_ = 0;
  HashIndex ids_;
  HashIndex references_;
  HashIndex keys_;
  std::vector<std::string> partners_;
  ClassCounts counts_;
  KindCounts kind_counts_{};
  CodeSets codes_;
  std::uint64_t unreadable_ = 0;
  std::optional<Witness> witness_;
  RecordTypes scratch_;
};

}  // namespace lamplight::intake
