#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "inner/decider.hpp"
#include "inner/rehearsal/output.hpp"
#include "runtime/outbox.hpp"

/// What the inner loop would have decided on a recorded log under other rules.
namespace lamplight::inner {

/// A place among the inputs of a log: an offset, or else an instant of bus time. Neither: its end.
struct LogPlace {
  std::optional<Offset> offset;
  std::optional<TimeUs> time;
};

/// A document as it would be published: its name (`inner`, `calendar-2026`) and text, checked before.
struct RehearsedDocument {
  std::string name;
  std::string text;
};

/// One decision that would be another. What it points to ends with the call that tells it.
struct StepDifference {
  Offset offset;  ///< of the input; of a deadline reached between two inputs, of the one before
  TimeUs time;
  std::string_view input;         ///< its subject
  std::optional<Id16> case_id;    ///< of the case that was, or would be, spoken of
  const Output* was = nullptr;    ///< null: nothing was published
  const Output* would = nullptr;  ///< null: nothing would be
  Differences kinds = 0;
};

struct RehearsalOptions {
  /// In force from the first input decided to the last, in the place of every version that the log has of them there.
  /// None: the log's own rules, decided by this program.
  std::vector<RehearsedDocument> documents;
  LogPlace from = {Offset{1}, std::nullopt};  ///< the first input decided
  LogPlace to;                                ///< the last
  /// For each difference, in the order of the log.
  std::function<void(const StepDifference&)> on_difference;
};

struct BeforeAfter {
  std::uint64_t was = 0;
  std::uint64_t would = 0;
};

struct RehearsalSummary {
  std::uint64_t inputs = 0;  ///< decided again
  Offset first;              ///< of them
  Offset last;
  TimeUs ended;  ///< until when deadlines were counted
  /// Under which version cases begin; nothing when no rules are rehearsed, or those in force at `first` say the same.
  std::optional<std::int64_t> version;
  std::map<std::string, BeforeAfter, std::less<>> published;  ///< by subject
  std::uint64_t differences = 0;
  std::array<std::uint64_t, kDiffers> kinds{};  ///< one difference may be of several kinds
  std::set<Id16> cases;                         ///< that some difference is about
  std::uint64_t sooner = 0;                     ///< deadlines set, against what was set
  std::uint64_t later = 0;
  BeforeAfter missed;  ///< deadlines of steps that ended late, or are late at the end
  std::uint64_t newly_missed = 0;
  std::uint64_t no_longer_missed = 0;
  std::array<std::set<Id16>, 2>
      reviewed;  ///< cases that the gate sent to case review: were, would be
};

/// Decides recorded inputs again, step by step beside the replay that gives them, and compares.
///
/// Where a case stands is always as recorded, at every step: what is told is what the rules would have decided *there*,
/// never what might have followed from it. Two things follow the rehearsed documents, as if they had been published just
/// before the first input decided: the version of the rules of each case that begins, or begins anew, or is moved to the
/// newest rules, from then on (cases under way keep theirs, as ever), and their deadlines with reminders, escalations and
/// marks, which go by the rehearsed clock for as long as it differs from the recorded one.
/// Deterministic; publishes nothing. Threads: one.
class Rehearsal {
 public:
  /// `recorded`: what the replay evolves; it outlives the rehearsal. Documents that do not read end the process.
  Rehearsal(const InnerDecider& recorded, RehearsalOptions options);

  /// For runtime::ReplayOptions: an input that has evolved, and an output that has not yet.
  void on_input(const Event& input);
  void on_output(const Event& output);
  /// Behind the last event. The summary is whole from here on.
  void finish();

  /// An input beyond the last wanted one has come: nothing more is of interest.
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] const RehearsalSummary& summary() const { return summary_; }
  /// Where each case stands, under the rehearsed rules and deadlines.
  [[nodiscard]] const CaseBook& book() const { return rehearsed_.book(); }

 private:
  struct Decided {
    Output output;
    bool compared = false;
  };
  enum Side : std::size_t { kWas, kWould };

  void begin();
  [[nodiscard]] bool is_replaced(const Event& input) const;
  void decide(const Event& input);
  void take_decided();
  void meet_deadlines(TimeUs before);
  [[nodiscard]] const Case* first_moved_timer(TimeUs before) const;
  void finish_step();
  void close(TimeUs at);
  [[nodiscard]] Decided* decided_on(const std::optional<Id16>& case_id);
  void count(const Output& output, Side side);
  void count_deadlines(const CaseEvent& was, const CaseEvent& rehearsed, const Case* before,
                       TimeUs time);
  void count_missed(TimeUs due_was, TimeUs due_would, TimeUs time);
  void tell(const Output* was, const Output* would, Differences kinds);
  /// The recorded event as the rehearsed state takes it.
  [[nodiscard]] CaseEvent rehearsed(const CaseEvent& was, const Case* before, const Output* would,
                                    TimeUs time) const;
  void evolve(CaseEvent event, std::string_view subject, Offset cause, TimeUs time);
  void meet(const CaseEvent& decided, std::string_view subject, TimeUs time);

  const InnerDecider& recorded_;
  const RehearsalOptions options_;
  InnerDecider rehearsed_;
  runtime::Outbox out_;
  std::vector<Decided> decided_;  ///< on the present step; views into out_
  std::string input_;             ///< subject of the present step's input, which is gone by then
  StepDifference step_;           ///< its place
  RehearsalSummary summary_;
  bool begun_ = false;
  bool over_ = false;
};

}  // namespace lamplight::inner
