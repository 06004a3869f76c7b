#pragma once

#include <array>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "admission.hpp"
#include "deadlines.hpp"
#include "http/server.hpp"
#include "router.hpp"

namespace lamplight::http {

using Tcp = boost::asio::ip::tcp;
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<Tcp, Executor>;

/// What all workers of a server share.
struct Core {
  Core(ServerOptions o, ServerObserver* watcher)
      : options(std::move(o)),
        observer(watcher),
        admission(options.limits.connections, options.limits.connections_per_address) {}

  ServerOptions options;
  ServerObserver* observer;
  Admission admission;
  Router router;  ///< fixed before the first worker starts

  void refused(std::string_view reason) const {
    if (observer != nullptr) observer->refused(reason);
  }
};

/// What a Responder, or a sink's resume, asks of the connection, from any thread.
struct Message {
  struct Answer {
    Response response;
  };
  struct Begin {
    Response head;
  };
  struct Piece {
    std::string bytes;
  };
  struct End {};
  struct Abandon {};
  struct WhenBelow {
    std::size_t bytes;
    std::function<void()> drained;
  };
  struct Resume {
    std::uint64_t piece;
  };

  std::shared_ptr<Connection> to;
  std::uint64_t exchange = 0;
  std::variant<Answer, Begin, Piece, End, Abandon, WhenBelow, Resume> what;
};

/// One thread with its io_context, its listening socket and the connections it accepted.
/// Threads: what is marked [any] any, the rest its own only.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(std::shared_ptr<Core> core, unsigned index);

  /// [before start] Binds and listens. Errors: kIo.
  [[nodiscard]] Result<Tcp::endpoint> listen(const Tcp::endpoint& endpoint, bool share_port);
  void start();       ///< [owner]
  void begin_stop();  ///< [owner] no new connections, idle ones close
  /// [owner] Whether all connections have closed by then.
  [[nodiscard]] bool wait_until_empty(std::chrono::steady_clock::time_point until);
  void finish();  ///< [owner] cuts what is left and joins the thread

  /// [any] Hands a message to the connection's thread; many of them wake it once. False: the server has stopped.
  [[nodiscard]] bool post(Message message);
  [[nodiscard]] bool is_this_thread() const {
    return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }

  [[nodiscard]] const Core& core() const { return *core_; }
  [[nodiscard]] const Limits& limits() const { return core_->options.limits; }
  void set_deadline(Deadlines::Slot& slot, Wait wait, Connection& connection);
  void clear_deadline(Deadlines::Slot& slot) { deadlines_.clear(slot); }
  void remove(Connection& connection, const std::string& peer, bool admitted);
  [[nodiscard]] std::string next_request_id();
  /// For the Date field, made once a second; empty without a clock.
  [[nodiscard]] std::string_view date();
  /// Where unwanted bytes are read to; nobody looks at it.
  [[nodiscard]] boost::asio::mutable_buffer waste() { return boost::asio::buffer(waste_); }

 private:
  void run();
  void accept();
  void accepted(const boost::system::error_code& ec, Socket socket);
  void welcome(Socket socket);
  [[nodiscard]] bool make_room();
  void deliver();
  void arm_timer();
  void on_timer();
  void note_if_empty();

  std::shared_ptr<Core> core_;
  const unsigned index_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<Executor> guard_;
  boost::asio::basic_socket_acceptor<Tcp, Executor> acceptor_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      accept_pause_;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};

  Deadlines deadlines_;
  std::optional<Deadlines::TimePoint> timer_at_;
  std::list<std::shared_ptr<Connection>> connections_;
  std::size_t turned_away_ = 0;  ///< connections over a limit that are being told so
  std::uint64_t request_number_ = 0;
  std::int64_t date_second_ = -1;
  std::string date_;
  bool stopping_ = false;
  std::array<char, 16384> waste_{};

  std::mutex mailbox_mutex_;  ///< guards the two below; nothing is locked inside
  std::vector<Message> mailbox_;
  bool mailbox_closed_ = false;
  std::vector<Message> delivering_;

  std::mutex empty_mutex_;  ///< guards empty_
  std::condition_variable empty_changed_;
  bool empty_ = false;
};

}  // namespace lamplight::http
