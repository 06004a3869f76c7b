#pragma once

#include "bus/broker.hpp"

namespace lamplight::test {

/// Hears nothing: for who looks at a broker from outside.
class SilentObserver final : public bus::BrokerObserver {
 public:
  void published(std::string_view, std::uint64_t, std::uint64_t) override {}
  void duplicate(std::uint64_t) override {}
  void refused(std::string_view) override {}
  void acked(std::int64_t) override {}
  void synced(std::uint64_t, std::uint64_t, std::int64_t) override {}
  void delivered(std::string_view, std::uint64_t) override {}
  void consumer(std::string_view, std::uint64_t, std::uint64_t) override {}
  void consumer_gone(std::string_view) override {}
  void connections(std::uint64_t) override {}
  void heads(Offset, TimeUs, std::uint64_t, std::uint64_t, std::uint64_t) override {}
  void failed(const Error&) override {}
};

}  // namespace lamplight::test
