#pragma once

#include <memory>
#include <string_view>

#include "http/server.hpp"
#include "model/code_lists.hpp"
#include "publisher.hpp"
#include "runtime/metrics.hpp"
#include "state.hpp"

namespace lamplight::intake {

/// Classes of the code list that have a label of their own: the first ones, in the order of the file.
inline constexpr std::size_t kMaxClassLabels = 12;
/// What the gauge shows: listed classes and withdrawals without one by name, all else as `other`. Nothing that a sender
/// writes becomes a label.
[[nodiscard]] ClassCounts counts_by_label(const ClassCounts& counts, const CodeLists& lists);

/// Intake's numbers; only metrics.cpp knows their names. Threads: any.
class Metrics final : public http::ServerObserver, public PublisherObserver {
 public:
  explicit Metrics(runtime::Registry& registry);
  ~Metrics() override;
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void request(std::string_view route, std::string_view method, unsigned status,
               double seconds) override;
  void refused(std::string_view reason) override;
  void in_flight(std::int64_t delta) override;

  void accepted(const std::string& partner, AlertStatus status) override;
  void duplicate(std::string_view kind) override;
  /// Core thread: the gauges, from the fold.
  void show(const IntakeState& state, const CodeLists& lists);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::intake
