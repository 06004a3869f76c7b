#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "bus/client.hpp"
#include "runtime/fold_host.hpp"
#include "runtime/service.hpp"
#include "tally/handlers/report.hpp"
#include "tally/metrics.hpp"
#include "tally/report_desk.hpp"
#include "tally/state.hpp"

namespace lamplight::tally {

/// The fold and what belongs to its thread: gauges after what was evolved, questions handed to the desk with a view.
/// Threads: one owner, but for `ask`.
class Core {
 public:
  struct Options {
    std::string snapshot_folder;
    std::int64_t snapshot_every_us = 60'000'000;
    std::uint64_t keep_free_bytes = 0;
    std::string campaign;                              ///< label of the gauges
    FigureLabels labels;                               ///< the codes that the gauges name
    std::int64_t show_every_us = 250'000;              ///< gauges at most so often
    std::int64_t show_campaigns_every_us = 1'000'000;  ///< those that the desk makes
    /// How long a question may wait for an offset that is on the log, and for one that the log does not have yet.
    std::int64_t catch_up_us = 20'000'000;
    std::int64_t arrive_us = 2'000'000;
  };

  Core(const Env& env, std::unique_ptr<bus::Client> client,
       runtime::ServiceMetrics& service_metrics, Metrics& metrics, ReportDesk& desk,
       Options options, runtime::Told told);

  /// One turn: sockets, deliveries, questions, gauges. Blocks up to `timeout_us`.
  void round(std::int64_t timeout_us);
  /// Any thread.
  void ask(AskedReport asked);
  [[nodiscard]] Result<void> snapshot() { return host_->snapshot(); }

 private:
  struct Waiting {
    AskedReport asked;
    std::int64_t since_us = 0;
  };
  static constexpr std::size_t kMaxWaiting = 64;

  void take(AskedReport asked);
  void answer_waiting();
  [[nodiscard]] bool must_wait(const Waiting& waiting) const;
  void answer(AskedReport asked);
  void refuse(const AskedReport& asked, const Error& error);
  void hand_over(AskedReport asked);
  [[nodiscard]] std::optional<Error> why_not_now(const Question& question) const;
  void show_figures();
  void show_campaigns(std::int64_t now_us);
  void tell_readiness();
  [[nodiscard]] const TallyFold& fold() const { return runtime::fold_as<TallyFold>(*host_); }

  const Env& env_;
  std::unique_ptr<bus::Client> client_;
  Metrics& metrics_;
  ReportDesk& desk_;
  Options options_;
  runtime::Told told_;
  std::unique_ptr<runtime::FoldHost> host_;
  std::vector<Waiting> waiting_;  ///< in order of asking
  std::optional<Offset> shown_;
  std::int64_t shown_at_us_ = 0;
  std::optional<Offset> campaigns_shown_;
  std::int64_t campaigns_shown_at_us_ = 0;
  std::optional<std::string> told_why_;
};

}  // namespace lamplight::tally
