#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/server.hpp"
#include "runtime/metrics.hpp"
#include "tally/report.hpp"
#include "tally/state.hpp"

namespace lamplight::tally {

/// Most classes, and most areas, that gauges tell apart; the rest are summed under "other".
inline constexpr std::size_t kGaugeClasses = 12;
inline constexpr std::size_t kGaugeAreas = 30;
/// Series that this service's figures can come to: (12+1)(30+1) by class and area, 2 measures of 12+1 classes and the
/// total, and a few accounts.
inline constexpr std::size_t kSeriesBudget = 500;

/// One figure as a gauge shows it.
struct GaugeSample {
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};
/// The gauges of one family; all families of one `make_gauges` belong to the same cut.
struct GaugeFamily {
  std::string name;
  std::string help;
  std::vector<GaugeSample> samples;
};

/// The fold's figures at `cut`, labels bounded as above. Classes and areas are told apart in the order in which they
/// first counted, so that a series never changes its meaning. Pure.
[[nodiscard]] std::vector<GaugeFamily> make_gauges(const TallyFold& fold, const Cut& cut,
                                                   const std::string& campaign);

/// Tally's numbers. The figures and the offset they belong to are swapped in together, so that one scrape never mixes two
/// cuts. Threads: any.
class Metrics final : public http::ServerObserver {
 public:
  explicit Metrics(runtime::Registry& registry);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void show(std::vector<GaugeFamily> gauges);
  void record_report(double seconds);

  void request(std::string_view route, std::string_view method, unsigned status,
               double seconds) override;
  void refused(std::string_view reason) override;
  void in_flight(std::int64_t delta) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::tally
