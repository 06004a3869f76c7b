#include <utility>

#include <typeinfo>

#include "base/logging.hpp"
#include "connection.hpp"
#include "exchange.hpp"
#include "http/problem.hpp"

namespace lamplight::http {

namespace {

constexpr std::size_t kPipelinedBytes =
    64 * 1024;  ///< answers waiting to leave, beyond which no request is taken
constexpr std::size_t kMaxRequestIdBytes = 64;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool is_request_id(std::string_view text) {
  if (text.empty() || text.size() > kMaxRequestIdBytes) return false;
  for (const char c : text) {
    const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    if (!safe) return false;
  }
  return true;
}

/// Metrics labels must come from a closed set, and a client may invent methods.
std::string_view method_label(std::string_view method) {
  for (const std::string_view known :
       {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "other";
}

bool needs_length(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

/// One move of the state machine; false when it has to wait for bytes, an answer, or the socket.
bool Connection::step() {
  if (closed_) return false;
  if (answer_ == Answer::kEnded) return active_ || read_ != Read::kDrop ? end_exchange() : false;
  switch (read_) {
    case Read::kHead: return read_head();
    case Read::kBody: return read_body();
    case Read::kHeld:
    case Read::kDone:
    case Read::kDrop: return false;
  }
  return false;
}

bool Connection::read_head() {
  if (queue_.bytes() > kPipelinedBytes) return false;
  while (buffer_.view().substr(0, 2) == "\r\n") {  // RFC 9112: empty lines in front are passed over
    buffer_.consume(2);
    scanned_ = 0;
  }
  if (buffer_.empty()) {
    if (draining_) {
      drain();
      return false;
    }
    if (read_deadline_.wait != Wait::kIdle) wait_for(Wait::kIdle);
    start_read();
    return false;
  }
  const std::size_t limit = worker_->limits().header_bytes;
  const auto end = find_head_end(buffer_.view(), scanned_);
  if (!is_head_beginning(buffer_.view().substr(0, end.value_or(buffer_.size())), scanned_)) {
    refuse({400, "bad_request_line", "this is not HTTP/1.1: lines of text that end with CRLF"});
    return true;
  }
  if (end && *end <= limit) {
    scanned_ = 0;
    worker_->clear_deadline(read_deadline_);
    const auto refusal = parse_head(buffer_.view().substr(0, *end), request_, head_);
    buffer_.consume(*end);
    if (refusal) {
      refuse(*refusal);
    } else {
      dispatch();
    }
    return true;
  }
  if (end || buffer_.size() >= limit) return head_too_large(buffer_.view().substr(0, limit));
  scanned_ = buffer_.size();
  if (read_deadline_.wait != Wait::kHeader) wait_for(Wait::kHeader);
  start_read();
  return false;
}

bool Connection::head_too_large(std::string_view seen) {
  if (seen.find("\r\n") == std::string_view::npos) {
    refuse({414, "target_too_long", "the request line is over the limit"});
  } else {
    refuse({431, "header_too_large", "the head of the request is over the limit"});
  }
  return true;
}

void Connection::dispatch() {
  const std::string_view sent_id = request_.header("x-request-id");
  request_.id = is_request_id(sent_id) ? std::string(sent_id) : worker_->next_request_id();
  request_.peer = peer_;
  request_.body = {};
  body_.begin(head_);
  body_waited_ = {};
  body_bytes_ = 0;
  read_ = body_.done() ? Read::kDone : Read::kBody;
  body_wanted_ = head_.method != "HEAD";
  active_ = true;
  began_ = std::chrono::steady_clock::now();
  const Core& core = worker_->core();
  if (core.observer != nullptr) core.observer->in_flight(1);

  const Router::Match match = core.router.match(request_.method, request_.path, request_.captures);
  route_ = match.route;
  if (!check_route(match) || !check_length()) return;
  continue_due_ = head_.expects_continue && head_.http11 && !body_.done();
  if (route_->streams()) {
    begin_stream();
  } else if (body_.done()) {
    call_handler();
  }
}

bool Connection::check_route(const Router::Match& match) {
  if (match.route != nullptr) return true;
  if (match.allow.empty()) {
    answer_problem({404, "not_found", "nothing is served under this path"}, {});
  } else {
    answer_problem({405, "method_not_allowed", "this path takes " + match.allow}, match.allow);
  }
  return false;
}

bool Connection::check_length() {
  if (needs_length(request_.method) && !head_.chunked && !head_.content_length) {
    answer_problem({411, "length_required", "send Content-Length or Transfer-Encoding: chunked"},
                   {});
    return false;
  }
  const std::size_t limit = worker_->limits().body_bytes;
  if (!route_->streams() && head_.content_length.value_or(0) > limit) {
    answer_problem({413, "body_too_large", "the body is over " + std::to_string(limit) + " bytes"},
                   {});
    return false;
  }
  return true;
}

void Connection::begin_stream() {
  sink_done_ = false;
  const auto responder = std::make_shared<Exchange>(shared_from_this(), exchange_.load());
  guarded([&] { sink_ = std::get<StreamHandler>(route_->handler)(request_, responder); });
  if (answer_ != Answer::kNone) return;
  if (!sink_) {
    read_ = Read::kHeld;  // a handler without a sink wants no body: it answers later, and we close
    wait_for(Wait::kAnswer);
  } else if (body_.done()) {
    body_complete();
  }
}

bool Connection::read_body() {
  if (body_.done()) {
    body_complete();
    return true;
  }
  if (buffer_.empty()) {
    if (continue_due_) queue_.append(kContinue);
    continue_due_ = false;
    wait_for_body();
    return false;
  }
  continue_due_ = false;  // it did not wait
  const ChunkedDecoder::Step taken = body_.next(buffer_.view());
  if (taken.error != nullptr) {
    body_cut({400, "bad_chunk", taken.error});
  } else if (sink_) {
    give_piece(taken);
  } else {
    take_buffered(taken);
  }
  return true;
}

void Connection::wait_for_body() {
  wait_for(Wait::kBody);
  body_wanted_since_ = std::chrono::steady_clock::now();
  start_read();
}

/// A byte now and then would stretch the time for a body for ever.
void Connection::body_arrived(std::size_t bytes) {
  body_waited_ += std::chrono::steady_clock::now() - body_wanted_since_;
  body_bytes_ += bytes;
  const Limits& limits = worker_->limits();
  const auto granted =
      std::chrono::milliseconds(limits.body_timeout_ms) +
      std::chrono::milliseconds(body_bytes_ * 1000 /
                                static_cast<std::uint64_t>(limits.body_bytes_per_s));
  if (body_waited_ > granted) {
    body_cut({408, "body_too_slow", "the body of the request arrives too slowly"});
  }
}

void Connection::take_buffered(const ChunkedDecoder::Step& taken) {
  const bool whole = !head_.chunked && taken.piece.size() == *head_.content_length;
  if (whole) {
    request_.body = taken.piece;  // not consumed: it stays where it is until the answer
    in_place_ = taken.consumed;
    return;
  }
  if (body_text_.size() + taken.piece.size() > worker_->limits().body_bytes) {
    return refuse({413, "body_too_large",
                   "the body is over " + std::to_string(worker_->limits().body_bytes) + " bytes"});
  }
  body_text_ += taken.piece;
  buffer_.consume(taken.consumed);
}

void Connection::give_piece(const ChunkedDecoder::Step& taken) {
  if (!taken.piece.empty()) {
    read_ = Read::kHeld;
    wait_for(Wait::kAnswer);
    buffer_.consume(taken.consumed);  // the bytes stay in place until the next read
    const std::uint64_t piece = ++piece_;
    const std::uint64_t exchange = exchange_.load();
    auto resume = [self = shared_from_this(), exchange, piece] {
      if (self->is_inside_handler()) {
        self->take({self, exchange, Message::Resume{piece}});
      } else {
        self->hand(exchange, Message::Resume{piece});
      }
    };
    guarded([&] { sink_->on_data(taken.piece, std::move(resume)); });
  } else {
    buffer_.consume(taken.consumed);
  }
}

void Connection::body_complete() {
  read_ = Read::kDone;
  worker_->clear_deadline(read_deadline_);
  if (sink_) {
    sink_done_ = true;
    guarded([&] { sink_->on_end(); });
  } else {
    if (in_place_ == 0) {
      body_text_.reserve(body_text_.size() + kBodyPadding);
      request_.body = body_text_;
    }
    call_handler();
  }
  if (answer_ == Answer::kNone && read_deadline_.wait != Wait::kAnswer) wait_for(Wait::kAnswer);
}

void Connection::call_handler() {
  auto responder = std::make_shared<Exchange>(shared_from_this(), exchange_.load());
  guarded([&] { std::get<Handler>(route_->handler)(request_, std::move(responder)); });
  if (answer_ == Answer::kNone) wait_for(Wait::kAnswer);
}

/// Runs a handler's code; what it throws becomes a 500 and is logged without its words, which may quote the request.
template <typename Call>
void Connection::guarded(Call call) {
  try {
    call();
  } catch (const std::exception& thrown) {
    logging::error("http handler threw route={} type={}", route_->pattern, typeid(thrown).name());
    if (answer_ != Answer::kEnded)
      refuse({500, "handler_failed", "the request could not be handled"});
  }
}

/// After the last byte of an answer has been queued: tells observers, then makes ready for the next request or to close.
bool Connection::end_exchange() {
  if (active_) {
    active_ = false;
    const Core& core = worker_->core();
    if (core.observer != nullptr) {
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
      core.observer->request(route_ != nullptr ? std::string_view(route_->pattern) : "unmatched",
                             method_label(head_.method), status_, took.count());
      core.observer->in_flight(-1);
    }
  }
  exchange_.fetch_add(1);
  sink_.reset();
  continue_due_ = false;
  if (closed_) return false;
  if (!body_.done() || read_ == Read::kHead) close_after_ = linger_ = true;
  if (close_after_) {
    read_ = Read::kDrop;
    worker_->clear_deadline(read_deadline_);
    return false;
  }
  buffer_.consume(std::exchange(in_place_, 0));
  body_text_.clear();
  if (body_text_.capacity() > kPipelinedBytes) body_text_ = {};
  answer_ = Answer::kNone;
  read_ = Read::kHead;
  return true;
}

void Connection::abort_sink() {
  if (!sink_ || std::exchange(sink_done_, true)) return;
  try {
    sink_->on_abort();
  } catch (const std::exception& thrown) {
    logging::error("http sink threw in on_abort route={} type={}", route_->pattern,
                   typeid(thrown).name());
  }
}

/// The request can't be gone on with: says why, if nothing has been said yet, and closes.
void Connection::refuse(const Refusal& refusal) {
  if (answer_ == Answer::kBegun) {
    worker_->core().refused(refusal.reason);
    return close();  // half an answer is out; only a cut tells the client that it is not whole
  }
  if (answer_ == Answer::kEnded) return;
  close_after_ = linger_ = true;
  exchange_.fetch_add(1);  // a handler's late answer goes nowhere
  abort_sink();
  answer_problem(refusal, {});
}

/// The body ends early. A sink that has done something with what came may tell of it in its own answer.
void Connection::body_cut(const Refusal& refusal) {
  if (!sink_ || sink_done_ || answer_ == Answer::kEnded) return refuse(refusal);
  const Read before = std::exchange(read_, Read::kDone);
  worker_->clear_deadline(read_deadline_);
  bool answers = false;
  guarded([&] { answers = sink_->on_cut(refusal.detail); });
  if (!answers) {
    read_ = before;
    return refuse(refusal);
  }
  sink_done_ = true;
  worker_->core().refused(refusal.reason);
  if (answer_ == Answer::kNone) wait_for(Wait::kAnswer);
}

void Connection::answer_problem(const Refusal& refusal, const std::string& allow) {
  worker_->core().refused(refusal.reason);
  if (!active_) {
    request_.id = worker_->next_request_id();
    body_wanted_ = true;
    close_after_ = linger_ = true;
  }
  Problem problem;
  problem.status = refusal.status;
  problem.type = refusal.reason;
  problem.title = std::string(reason_phrase(refusal.status));
  problem.detail = refusal.detail;
  Response response = to_response(problem, request_.id);
  if (!allow.empty()) response.headers.emplace_back("Allow", allow);
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", "1");
  queue_answer(std::move(response));
}

}  // namespace lamplight::http
