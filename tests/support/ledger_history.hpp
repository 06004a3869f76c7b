#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "log/log.hpp"
#include "support/ledger.hpp"

namespace lamplight::test {

/// What a log says about its ledger, worked out without the runtime's own replay: every input decided anew under the
/// rules that the epoch of its frame had, and what comes out held against what was published.
class LedgerHistory {
 public:
  /// Whether an event is an input of the ledger.
  using TakesSubject = std::function<bool(std::string_view)>;

  /// Reads the whole log. What does not fit is in `faults`.
  LedgerHistory(log::Reader& reader, const TakesSubject& takes);

  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }
  /// How far the frames reach.
  [[nodiscard]] Offset through() const { return through_; }
  [[nodiscard]] std::uint64_t epochs() const { return epochs_; }
  [[nodiscard]] std::uint64_t outputs() const { return outputs_; }
  /// The state at a cut up to `through`.
  [[nodiscard]] std::uint64_t digest_at(Offset cut) const;

 private:
  struct Output {
    std::string subject;
    std::string payload;
    Id16 id;
  };
  struct Input {
    std::string subject;
    std::string producer;
    std::string payload;
    Offset offset;
    TimeUs time;
    Offset cause;
  };
  void read(log::Reader& reader, const TakesSubject& takes);
  void take_frame(const FrameView& frame, Offset first);
  void decide_again();
  void compare(const Input& input, const runtime::Outbox& decided);

  std::vector<Input> inputs_;
  std::map<Offset, std::vector<Output>> outputs_by_cause_;
  std::map<Offset, std::uint32_t> rules_from_;  // from the first undecided input on
  std::map<Offset, std::uint64_t> digests_;     // by input
  Offset through_;
  std::uint64_t epoch_ = 0;
  std::uint64_t epochs_ = 0;
  std::uint64_t outputs_ = 0;
  std::vector<std::string> faults_;
};

}  // namespace lamplight::test
