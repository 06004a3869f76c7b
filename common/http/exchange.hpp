#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "http/server.hpp"

namespace lamplight::http {

class Connection;

/// The Responder of one request on one connection: hands everything to the connection's thread.
class Exchange final : public Responder {
 public:
  Exchange(std::shared_ptr<Connection> connection, std::uint64_t number);
  ~Exchange() override;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void answer(Response response) override;
  void begin(Response head) override;
  std::size_t write(std::string piece) override;
  void end() override;
  void when_below(std::size_t bytes, std::function<void()> drained) override;
  [[nodiscard]] bool gone() const override;

 private:
  enum class State : std::uint8_t { kOpen, kBegun, kDone };
  /// Moves on only from `from`; anything else is a caller who answers twice, which is logged and ignored.
  bool advance(State from, State to, const char* call);

  std::shared_ptr<Connection> connection_;
  const std::uint64_t number_;
  std::atomic<State> state_{State::kOpen};
};

}  // namespace lamplight::http
