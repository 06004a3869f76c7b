#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/result_descriptions.hpp"
#include "support.hpp"
#include "tally/measure/measure.hpp"

/// Reports of a campaign said in one line, and the log that they make.
namespace lamplight::tally::test {

/// A log of reports that a fold takes as they are said.
class ReportLog {
 public:
  template <typename T>
  Offset say(const T& report) {
    MsgpackWriter payload;
    encode(report, payload);
    const std::string bytes = payload.take();
    Event event;
    event.subject = Description<T>::kSubject;
    event.offset = {++last_};
    event.id = id_of(last_);
    event.time = History::time_of(last_);
    event.payload = as_bytes(bytes);
    fold_->evolve(event);
    return event.offset;
  }
  [[nodiscard]] FactsView view() const { return fold_->facts_view(); }
  [[nodiscard]] CampaignView campaign_view() const { return {fold_->view(), view()}; }
  [[nodiscard]] Offset last() const { return {last_}; }

 private:
  std::unique_ptr<TallyFold> fold_ = std::make_unique<TallyFold>();
  std::uint64_t last_ = 0;
};

}  // namespace lamplight::tally::test
