#include <utility>

#include "exchange.hpp"

#include "base/logging.hpp"
#include "connection.hpp"

namespace lamplight::http {

Exchange::Exchange(std::shared_ptr<Connection> connection, std::uint64_t number)
    : connection_(std::move(connection)), number_(number) {}

Exchange::~Exchange() {
  if (state_.load() != State::kDone) connection_->hand(number_, Message::Abandon{});
}

bool Exchange::advance(State from, State to, const char* call) {
  State expected = from;
  if (state_.compare_exchange_strong(expected, to)) return true;
  logging::error("http answer out of order, ignored call={}", call);
  return false;
}

void Exchange::answer(Response response) {
  if (!advance(State::kOpen, State::kDone, "answer")) return;
  if (connection_->is_inside_handler()) {
    connection_->take({connection_, number_, Message::Answer{std::move(response)}});
  } else {
    connection_->hand(number_, Message::Answer{std::move(response)});
  }
}

void Exchange::begin(Response head) {
  if (advance(State::kOpen, State::kBegun, "begin")) {
    connection_->hand(number_, Message::Begin{std::move(head)});
  }
}

std::size_t Exchange::write(std::string piece) {
  if (state_.load() != State::kBegun) {
    logging::error("http answer out of order, ignored call=write");
    return 0;
  }
  return connection_->hand_piece(number_, std::move(piece));
}

void Exchange::end() {
  if (advance(State::kBegun, State::kDone, "end")) connection_->hand(number_, Message::End{});
}

void Exchange::when_below(std::size_t bytes, std::function<void()> drained) {
  connection_->hand_when_below(number_, bytes, drained);
}

bool Exchange::gone() const { return !connection_->is_current(number_); }

}  // namespace lamplight::http
