#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "runtime/decider.hpp"

namespace lamplight::test {

/// A decider made to betray every slip of its harness: its state is a hash of all that evolve was ever shown, in order,
/// and each of its decisions tells that hash.
///
/// On an input it notes nothing to three times (by the payload), each time with the hash, the rules' version and now
/// and then a deadline; when time has reached deadlines it fires a few, oldest first.
class Ledger final : public runtime::Decider {
 public:
  static constexpr std::size_t kMostFired = 8;
  static constexpr std::string_view kName = "ledger";

  explicit Ledger(std::uint32_t rules = 1, std::uint32_t state = 1)
      : rules_(rules), state_(state) {}

  void evolve(const Event& event) override;
  void decide(const Event& input, runtime::Outbox& out) const override;
  [[nodiscard]] std::optional<TimeUs> next_due() const override;
  void save(runtime::SnapshotWriter& out) const override;
  void load(runtime::SnapshotReader& in) override;
  [[nodiscard]] std::uint32_t newest_schema(std::string_view own_subject) const override;
  [[nodiscard]] std::uint32_t state_version() const override { return state_; }
  [[nodiscard]] std::uint32_t rules_version() const override { return rules_; }

  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  [[nodiscard]] std::uint64_t inputs() const { return inputs_; }
  [[nodiscard]] std::uint64_t outputs() const { return outputs_; }
  [[nodiscard]] std::size_t deadlines() const { return deadlines_.size(); }

  /// How many outputs an input with this payload gets: none, under some rules, may be some under the next.
  [[nodiscard]] static std::uint32_t notes_for(Bytes payload, std::uint32_t rules = 1);

 private:
  std::uint32_t rules_;
  std::uint32_t state_;
  std::uint64_t digest_ = 0;
  std::uint64_t inputs_ = 0;
  std::uint64_t outputs_ = 0;
  std::map<std::pair<TimeUs, Id16>, bool> deadlines_;
};

}  // namespace lamplight::test
