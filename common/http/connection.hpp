#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "body_reader.hpp"
#include "deadlines.hpp"
#include "read_buffer.hpp"
#include "request_head.hpp"
#include "response_writer.hpp"
#include "send_queue.hpp"
#include "worker.hpp"

namespace lamplight::http {

/// One client. Two halves go side by side: `read_` is where we are in the request, `answer_` where in the answer to it.
/// Requests are taken one after the other, so pipelined ones are answered in order.
///
/// connection.cpp moves bytes and keeps the deadlines, connection_request.cpp reads heads and bodies and calls handlers,
/// connection_answer.cpp does what Responders ask for.
/// Threads: the worker's, but for what is marked [any].
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Worker> worker, Socket socket, std::string peer, bool admitted);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  void turn_away(const char* reason);  ///< over a connection limit: 503 and close
  void take(Message message);          ///< from a Responder, or a sink's resume
  void on_deadline(Wait wait);
  void drain();  ///< finish what is under way, then close
  void cut();    ///< close now
  /// Whether nothing is lost when it is cut: no request is under way and no answer on its way.
  [[nodiscard]] bool can_be_spared() const {
    return admitted_ && !active_ && !pumping_ && read_ == Read::kHead && queue_.empty();
  }

  /// [any] Whether the caller is this connection's own handler. Anything else goes through the mailbox, so that no
  /// handler ever runs inside another's call.
  [[nodiscard]] bool is_inside_handler() const { return worker_->is_this_thread() && pumping_; }
  [[nodiscard]] bool is_current(std::uint64_t exchange) const {
    return exchange_.load() == exchange;
  }  ///< [any]
  template <typename What>
  void hand(std::uint64_t exchange, What what) {  ///< [any]
    static_cast<void>(worker_->post({shared_from_this(), exchange, std::move(what)}));
  }
  void hand_when_below(std::uint64_t exchange, std::size_t bytes,
                       const std::function<void()>& drained);                       ///< [any]
  [[nodiscard]] std::size_t hand_piece(std::uint64_t exchange, std::string piece);  ///< [any]

  std::list<std::shared_ptr<Connection>>::iterator place;  ///< the worker's own

 private:
  enum class Read : std::uint8_t {
    kHead,  ///< waiting for, or in, a head
    kBody,  ///< wanting bytes of the body
    kHeld,  ///< a sink has a piece and has not resumed
    kDone,  ///< the request is complete
    kDrop,  ///< nothing more is wanted from this client
  };
  enum class Answer : std::uint8_t { kNone, kBegun, kEnded };

  // Bytes and deadlines: connection.cpp
  void pump();
  void start_read();
  void on_read(const boost::system::error_code& ec, std::size_t bytes);
  void on_end_of_input(bool orderly);
  void flush();
  void on_written(const boost::system::error_code& ec, std::size_t bytes);
  void release_waiting();
  void finish_closing();
  void discard();
  void close();
  void wait_for(Wait wait) { worker_->set_deadline(read_deadline_, wait, *this); }

  // Requests: connection_request.cpp
  bool step();
  bool read_head();
  bool head_too_large(std::string_view seen);
  void dispatch();
  [[nodiscard]] bool check_route(const Router::Match& match);
  [[nodiscard]] bool check_length();
  void begin_stream();
  bool read_body();
  void wait_for_body();
  void body_arrived(std::size_t bytes);
  void take_buffered(const ChunkedDecoder::Step& step);
  void give_piece(const ChunkedDecoder::Step& step);
  void body_complete();
  void call_handler();
  template <typename Call>
  void guarded(Call call);
  bool end_exchange();
  void abort_sink();
  void refuse(const Refusal& refusal);
  void body_cut(const Refusal& refusal);
  void answer_problem(const Refusal& refusal, const std::string& allow);

  // Answers: connection_answer.cpp
  void queue_answer(Response response);
  void act(Message::Answer what);
  void act(const Message::Begin& what);
  void act(Message::Piece what);
  void act(const Message::End& what);
  void act(const Message::Abandon& what);
  void act(Message::WhenBelow what);
  void act(const Message::Resume& what);
  [[nodiscard]] ResponseFrame frame() const;
  [[nodiscard]] bool must_close() const;
  void skip_body_at_hand();

  const std::shared_ptr<Worker> worker_;
  Socket socket_;
  const std::string peer_;
  const bool admitted_;

  ReadBuffer buffer_;
  SendQueue queue_;
  Deadlines::Slot read_deadline_;
  Deadlines::Slot write_deadline_;
  Read read_ = Read::kHead;
  Answer answer_ = Answer::kNone;
  bool reading_ = false;
  bool writing_ = false;
  bool pumping_ = false;
  bool draining_ = false;
  bool close_after_ = false;  ///< close once the answer has left
  bool linger_ =
      false;  ///< the client may still be sending: let it, for a while, or a reset eats our answer
  bool shut_ = false;  ///< our side has been shut down
  bool closed_ = false;
  std::size_t dropped_bytes_ = 0;

  // The request under way.
  Request request_;
  RequestHead head_;
  std::size_t scanned_ = 0;  ///< bytes of an incomplete head already searched for its end
  BodyReader body_;
  std::chrono::steady_clock::time_point body_wanted_since_;
  std::chrono::steady_clock::duration body_waited_{};  ///< for bytes of this body, in all
  std::uint64_t body_bytes_ = 0;                       ///< that came in that time
  std::string body_text_;      ///< of a buffered route, unless it lies whole in buffer_
  std::size_t in_place_ = 0;   ///< bytes in buffer_ that Request::body points to
  bool continue_due_ = false;  ///< the client waits for 100 Continue
  const Route* route_ = nullptr;
  std::unique_ptr<BodySink> sink_;
  bool sink_done_ = false;  ///< it has had its on_end or on_abort
  bool active_ = false;     ///< a handler or a problem owes an answer that observers hear of
  unsigned status_ = 0;
  bool body_wanted_ = true;  ///< false: the answer to a HEAD
  std::chrono::steady_clock::time_point began_;
  std::uint64_t piece_ = 0;

  // Read by Responders on other threads.
  std::atomic<std::uint64_t> exchange_{1};    ///< which Responder may speak
  std::atomic<std::size_t> queued_bytes_{0};  ///< queue_.bytes()
  std::atomic<std::size_t> handed_bytes_{0};  ///< in messages not yet taken

  struct Waiting {
    std::size_t bytes = 0;
    std::function<void()> drained;
  };
  std::vector<Waiting> waiting_;
};

}  // namespace lamplight::http
