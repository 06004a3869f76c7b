#include <utility>

#include "base/logging.hpp"
#include "connection.hpp"

namespace lamplight::http {

namespace {

constexpr std::size_t kMostUnsentBytes =
    64U << 20;  ///< a producer that never looks at the queue is cut here

}  // namespace

void Connection::hand_when_below(std::uint64_t exchange, std::size_t bytes,
                                 const std::function<void()>& drained) {
  if (!worker_->post({shared_from_this(), exchange, Message::WhenBelow{bytes, drained}})) drained();
}

std::size_t Connection::hand_piece(std::uint64_t exchange, std::string piece) {
  if (!is_current(exchange)) return 0;
  const std::size_t bytes = piece.size();
  handed_bytes_.fetch_add(bytes);
  if (!worker_->post({shared_from_this(), exchange, Message::Piece{std::move(piece)}})) return 0;
  return handed_bytes_.load() + queued_bytes_.load();
}

void Connection::take(Message message) {
  const bool current = !closed_ && is_current(message.exchange);
  if (auto* piece = std::get_if<Message::Piece>(&message.what)) {
    handed_bytes_.fetch_sub(piece->bytes.size());
  }
  if (auto* waiting = std::get_if<Message::WhenBelow>(&message.what);
      waiting != nullptr && !current) {
    return waiting->drained();
  }
  if (!current) return;
  std::visit([this](auto&& what) { act(std::forward<decltype(what)>(what)); },
             std::move(message.what));
  pump();
}

bool Connection::must_close() const {
  return close_after_ || draining_ || !head_.keep_alive || !body_.done();
}

ResponseFrame Connection::frame() const {
  return {.request_id = request_.id,
          .close = close_after_,
          .http11 = head_.http11,
          .head_only = !body_wanted_,
          .date = worker_->date()};
}

/// An answer before the end of the body costs the connection only if the rest of the body has yet to come.
void Connection::skip_body_at_hand() {
  while (active_ && !body_.done() && !buffer_.empty()) {
    const ChunkedDecoder::Step skipped = body_.next(buffer_.view());
    if (skipped.error != nullptr) return;
    buffer_.consume(skipped.consumed);
  }
}

void Connection::queue_answer(Response response) {
  skip_body_at_hand();
  close_after_ = must_close();
  status_ = response.status;
  answer_ = Answer::kEnded;
  write_response(std::move(response), frame(), queue_);
}

void Connection::act(Message::Answer what) {
  if (answer_ != Answer::kNone) return;
  if (what.response.status < 200 || what.response.status > 599) {
    logging::error("http answer with an impossible status, sent as 500 status={}",
                   what.response.status);
    what.response = {.status = 500, .content_type = {}, .headers = {}, .body = {}};
  }
  queue_answer(std::move(what.response));
}

void Connection::act(const Message::Begin& what) {
  if (answer_ != Answer::kNone) return;
  close_after_ = close_after_ || draining_ || !head_.keep_alive || !head_.http11;
  status_ = what.head.status;
  answer_ = Answer::kBegun;
  if (is_bodiless(what.head.status)) body_wanted_ = false;
  if (read_ == Read::kDone) worker_->clear_deadline(read_deadline_);
  write_chunked_head(what.head, frame(), queue_);
}

void Connection::act(Message::Piece what) {
  if (answer_ != Answer::kBegun || !body_wanted_) return;
  if (head_.http11) {
    write_chunk(std::move(what.bytes), queue_);
  } else {
    queue_.append(std::move(what.bytes));
  }
  queued_bytes_.store(queue_.bytes());
  if (queue_.bytes() > kMostUnsentBytes) {
    worker_->core().refused("send_queue_full");
    close();
  }
}

void Connection::act(const Message::End& /*what*/) {
  if (answer_ != Answer::kBegun) return;
  skip_body_at_hand();
  answer_ = Answer::kEnded;
  if (head_.http11 && body_wanted_) write_last_chunk(queue_);
  close_after_ = must_close() || !head_.http11;
}

void Connection::act(const Message::Abandon& /*what*/) {
  if (answer_ == Answer::kEnded) return;
  logging::error("http handler dropped a request without an answer route={}", route_->pattern);
  refuse({500, "no_answer", "the request could not be handled"});
}

void Connection::act(Message::WhenBelow what) {
  waiting_.push_back({what.bytes, std::move(what.drained)});
  release_waiting();
}

void Connection::act(const Message::Resume& what) {
  if (read_ == Read::kHeld && what.piece == piece_) {
    read_ = Read::kBody;
    worker_->clear_deadline(read_deadline_);
  }
}

}  // namespace lamplight::http
