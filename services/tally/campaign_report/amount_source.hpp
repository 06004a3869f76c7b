#pragma once

#include "tally/measure/measure.hpp"

namespace lamplight::tally {

/// Where a report takes its amounts from, all as of one offset.
class AmountSource {
 public:
  virtual ~AmountSource() = default;
  [[nodiscard]] virtual Amount total(const MeasureQuestion& question) = 0;
  [[nodiscard]] virtual AmountTable table(const MeasureQuestion& question,
                                          const Dimensions& by) = 0;
};

/// From an engine and a view, which must outlive it.
class EngineAmounts final : public AmountSource {
 public:
  EngineAmounts(Engine& engine, const CampaignView& view, Offset as_of)
      : engine_(engine), view_(view), as_of_(as_of) {}
  Amount total(const MeasureQuestion& question) override {
    return engine_.total(view_, as_of_, question);
  }
  AmountTable table(const MeasureQuestion& question, const Dimensions& by) override {
    return engine_.table(view_, as_of_, question, by);
  }

 private:
  Engine& engine_;
  const CampaignView& view_;
  Offset as_of_;
};

}  // namespace lamplight::tally
