#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "process.hpp"
#include "sim_client.hpp"

namespace lamplight::simtest {

/// Reads the log through a filter and checks each delivery. After a crash it begins again where it was, or at the start.
class ConsumerProcess final : public Process {
 public:
  struct Options {
    std::vector<std::string> subjects{">"};
    bool keeps_place = false;
    std::uint64_t credit_bytes = 0;  ///< 0: the least
  };

  ConsumerProcess(std::string name, const Surroundings& around, sim::Platter& platter,
                  sim::SimClock& clock, sim::SeededRandom random, Options options)
      : Process(std::move(name), around, platter, clock, random), options_(std::move(options)) {}
  ~ConsumerProcess() override { end(); }

  /// An operator's order, through this client. It may get lost, as any.
  void hand_over(const std::string& service) {
    if (running()) client_->hand_over(service, [](const Result<bus::Acked>&) {});
  }

  [[nodiscard]] Offset scanned() const { return scanned_; }
  /// Offsets delivered; they are all that the filter takes up to `scanned`.
  [[nodiscard]] const std::set<Offset>& offsets() const { return offsets_; }
  [[nodiscard]] const std::vector<std::string>& subjects() const { return options_.subjects; }

 private:
  Result<void> begin(const Env& env) override;
  Result<std::int64_t> round() override;
  Result<bool> drain() override { return true; }
  void end() override { client_.reset(); }
  void on_delivery(const bus::Delivery& delivery);

  const Options options_;
  Offset scanned_;
  std::set<Offset> offsets_;
  std::optional<Error> fenced_;
  std::unique_ptr<SimClient> client_;
};

}  // namespace lamplight::simtest
