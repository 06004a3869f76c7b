#include <utility>

#include "connection.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>

namespace lamplight::http {

namespace {

namespace net = boost::asio;
using boost::system::error_code;
constexpr std::size_t kMostDroppedBytes = 4U << 20;
constexpr std::size_t kReadBufferBytes = 16384;

}  // namespace

Connection::Connection(std::shared_ptr<Worker> worker, Socket socket, std::string peer,
                       bool admitted)
    : worker_(std::move(worker)),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      admitted_(admitted),
      buffer_(std::max(kReadBufferBytes, worker_->limits().header_bytes)) {}

void Connection::start() { pump(); }

void Connection::turn_away(const char* reason) {
  answer_problem({503, reason, "too many connections are open; try again later"}, {});
  pump();
}

/// Goes on as far as what has arrived allows, then writes what that gave. The one place where states follow each other;
/// whatever happens inside (a handler answering at once) is seen by the next turn of the loop.
void Connection::pump() {
  if (pumping_ || closed_) return;
  pumping_ = true;
  while (step()) {
  }
  pumping_ = false;
  flush();
}

void Connection::start_read() {
  if (reading_ || closed_) return;
  reading_ = true;
  socket_.async_read_some(buffer_.prepare(),
                          [self = shared_from_this()](const error_code& ec, std::size_t bytes) {
                            self->on_read(ec, bytes);
                          });
}

void Connection::on_read(const error_code& ec, std::size_t bytes) {
  reading_ = false;
  if (closed_) return;
  if (ec) return on_end_of_input(ec == net::error::eof);
  if (read_ == Read::kDrop) {
    buffer_.clear();
    return shut_ ? discard() : void();
  }
  buffer_.commit(bytes);
  if (read_ == Read::kBody) body_arrived(bytes);
  pump();
}

void Connection::on_end_of_input(bool orderly) {
  if (!orderly || shut_) return close();
  linger_ = false;
  if (read_ == Read::kHead && buffer_.empty()) {
    close_after_ = true;  // answers may still be on their way to a client that only closed its half
    answer_ = Answer::kEnded;
    read_ = Read::kDrop;
    return flush();
  }
  if (read_ == Read::kDrop) return flush();
  body_cut({400, "truncated", "the connection ended in the middle of the request"});
  pump();
}

void Connection::flush() {
  if (writing_ || closed_) return;
  if (queue_.empty()) return finish_closing();
  writing_ = true;
  queued_bytes_.store(queue_.bytes());
  worker_->set_deadline(write_deadline_, Wait::kWrite, *this);
  socket_.async_write_some(queue_.begin_write(),
                           [self = shared_from_this()](const error_code& ec, std::size_t bytes) {
                             self->on_written(ec, bytes);
                           });
}

void Connection::on_written(const error_code& ec, std::size_t bytes) {
  writing_ = false;
  if (closed_) return;
  if (ec) return close();
  queue_.sent(bytes);
  queued_bytes_.store(queue_.bytes());
  worker_->clear_deadline(write_deadline_);
  release_waiting();
  pump();
}

void Connection::release_waiting() {
  const std::size_t bytes = queued_bytes_.load() + handed_bytes_.load();
  for (std::size_t i = 0; i < waiting_.size();) {
    if (closed_ || bytes == 0 || bytes < waiting_[i].bytes) {
      const auto drained = std::move(waiting_[i].drained);
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      drained();
    } else {
      ++i;
    }
  }
}

/// With nothing left to write: closes, if that is what comes next.
void Connection::finish_closing() {
  if (!close_after_ || answer_ != Answer::kEnded || shut_) return;
  if (!linger_) return close();
  shut_ = true;
  error_code ec;
  socket_.shutdown(Tcp::socket::shutdown_send, ec);
  if (ec) return close();
  wait_for(Wait::kLinger);
  if (!reading_) discard();
}

void Connection::discard() {
  if (dropped_bytes_ > kMostDroppedBytes) return close();
  socket_.async_read_some(worker_->waste(),
                          [self = shared_from_this()](const error_code& ec, std::size_t bytes) {
                            if (self->closed_) return;
                            if (ec) return self->close();
                            self->dropped_bytes_ += bytes;
                            self->discard();
                          });
}

void Connection::on_deadline(Wait wait) {
  worker_->clear_deadline(wait == Wait::kWrite ? write_deadline_ : read_deadline_);
  switch (wait) {
    case Wait::kIdle:
    case Wait::kLinger: return close();
    case Wait::kWrite: worker_->core().refused("write_timeout"); return close();
    case Wait::kHeader:
      refuse({408, "header_timeout", "the head of the request did not arrive in time"});
      break;
    case Wait::kBody:
      body_cut({408, "body_timeout", "the body of the request stopped arriving"});
      break;
    case Wait::kAnswer:
      // While the client is slow to take what has been written, nobody can blame the handler.
      if (!queue_.empty()) return wait_for(Wait::kAnswer);
      refuse({503, "answer_timeout",
              "no answer was ready in time; the request may still be carried out"});
      break;
  }
  pump();
}

void Connection::drain() {
  draining_ = true;
  if (read_ == Read::kHead && buffer_.empty() && !closed_) {
    close_after_ = true;
    answer_ = Answer::kEnded;
    read_ = Read::kDrop;
    flush();
  }
}

void Connection::cut() { close(); }

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  const std::shared_ptr<Connection> alive = shared_from_this();
  exchange_.fetch_add(1);
  worker_->clear_deadline(read_deadline_);
  worker_->clear_deadline(write_deadline_);
  error_code ec;
  socket_.close(ec);
  abort_sink();
  status_ = 499;  // what observers hear when the client left before the answer
  if (active_) end_exchange();
  queue_.clear();
  queued_bytes_.store(0);
  release_waiting();
  worker_->remove(*this, peer_, admitted_);
}

}  // namespace lamplight::http
