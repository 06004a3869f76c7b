#include <utility>

#include "worker.hpp"

#include <fmt/core.h>
#include <boost/asio/post.hpp>
#include <ctime>

#include "base/check.hpp"
#include "base/logging.hpp"
#include "connection.hpp"

namespace lamplight::http {

namespace {

namespace net = boost::asio;
constexpr std::size_t kMostTurnedAway = 256;
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kLinger{2000};
constexpr int kMostLookedAt = 16;  // connections, in search of one that can be spared

std::array<std::chrono::milliseconds, kWaits> waits_of(const Limits& limits) {
  using Ms = std::chrono::milliseconds;
  return {Ms(limits.idle_timeout_ms),   Ms(limits.header_timeout_ms), Ms(limits.body_timeout_ms),
          Ms(limits.answer_timeout_ms), Ms(limits.write_timeout_ms),  kLinger};
}

}  // namespace

Worker::Worker(std::shared_ptr<Core> core, unsigned index)
    : core_(std::move(core)),
      index_(index),
      io_(1),
      guard_(io_.get_executor()),
      acceptor_(io_),
      timer_(io_),
      accept_pause_(io_),
      deadlines_(waits_of(core_->options.limits)) {}

Result<Tcp::endpoint> Worker::listen(const Tcp::endpoint& endpoint, bool share_port) {
  const auto failed = [&](const char* call, const boost::system::error_code& ec) {
    return Error(Code::kIo, fmt::format("{} {} port {}: {}", call, endpoint.address().to_string(),
                                        endpoint.port(), ec.message()));
  };
  boost::system::error_code ec;
  acceptor_.open(endpoint.protocol(), ec);
  if (ec) return failed("socket for", ec);
  acceptor_.set_option(net::socket_base::reuse_address(true), ec);
  if (!ec && share_port) {
    using ReusePort = net::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    acceptor_.set_option(ReusePort(true), ec);
  }
  if (ec) return failed("socket options for", ec);
  acceptor_.bind(endpoint, ec);
  if (ec) return failed("bind", ec);
  acceptor_.listen(net::socket_base::max_listen_connections, ec);
  if (ec) return failed("listen on", ec);
  return acceptor_.local_endpoint();
}

void Worker::start() {
  thread_ = std::thread([self = shared_from_this()] { self->run(); });
}

void Worker::run() {
  thread_id_.store(std::this_thread::get_id());
  accept();
  io_.run();
}

void Worker::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& ec, Socket socket) {
    accepted(ec, std::move(socket));
  });
}

void Worker::accepted(const boost::system::error_code& ec, Socket socket) {
  if (!acceptor_.is_open()) return;
  if (!ec) {
    welcome(std::move(socket));
    return accept();
  }
  if (ec == net::error::connection_aborted) return accept();
  // Out of file descriptors or memory: trying again at once would only spin.
  core_->refused("accept_failed");
  logging::error("http accept failed reason=\"{}\" pause_ms={}", ec.message(),
                 kAcceptPause.count());
  accept_pause_.expires_after(kAcceptPause);
  accept_pause_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled && acceptor_.is_open()) accept();
  });
}

void Worker::welcome(Socket socket) {
  boost::system::error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return;  // gone before we looked
  socket.set_option(Tcp::no_delay(true), ec);
  std::string peer = remote.address().to_string();

  const char* full = core_->admission.enter(peer);
  if (full == Admission::kTooMany && make_room()) full = core_->admission.enter(peer);
  if (full != nullptr) {
    if (turned_away_ == kMostTurnedAway) return core_->refused(full);
    ++turned_away_;
  }
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket),
                                                 std::move(peer), full == nullptr);
  connections_.push_front(connection);
  connection->place = connections_.begin();
  if (full == nullptr) {
    connection->start();
  } else {
    connection->turn_away(full);
  }
}

/// So that no crowd of the idle or of the slow can keep others out.
bool Worker::make_room() {
  for (const Wait wait : {Wait::kIdle, Wait::kHeader}) {
    int looked_at = 0;
    for (const Deadlines::Entry& entry : deadlines_.waiting(wait)) {
      if (++looked_at > kMostLookedAt) break;
      if (!entry.connection->can_be_spared()) continue;
      core_->refused("displaced");
      entry.connection->cut();
      return true;
    }
  }
  return false;
}

void Worker::remove(Connection& connection, const std::string& peer, bool admitted) {
  if (admitted) {
    core_->admission.leave(peer);
  } else {
    --turned_away_;
  }
  connections_.erase(connection.place);
  note_if_empty();
}

std::string Worker::next_request_id() {
  return fmt::format("{:016x}-{:x}-{:x}", core_->options.id_seed, index_, ++request_number_);
}

std::string_view Worker::date() {
  if (core_->options.clock == nullptr) return {};
  const std::int64_t second = core_->options.clock->wall().value / 1'000'000;
  if (second == date_second_) return date_;
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = second;
  std::tm at{};
  if (::gmtime_r(&seconds, &at) == nullptr) return {};
  date_second_ = second;
  date_ = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                      kDays.at(static_cast<std::size_t>(at.tm_wday)), at.tm_mday,
                      kMonths.at(static_cast<std::size_t>(at.tm_mon)), at.tm_year + 1900,
                      at.tm_hour, at.tm_min, at.tm_sec);
  return date_;
}

bool Worker::post(Message message) {
  bool first = false;
  {
    const std::lock_guard lock(mailbox_mutex_);
    if (mailbox_closed_) return false;
    first = mailbox_.empty();
    mailbox_.push_back(std::move(message));
  }
  // Whoever finds the mailbox empty wakes the thread; all that come before it looks are delivered with that.
  if (first) net::post(io_, [this] { deliver(); });
  return true;
}

void Worker::deliver() {
  {
    const std::lock_guard lock(mailbox_mutex_);
    delivering_.swap(mailbox_);
  }
  for (Message& message : delivering_) {
    Connection& connection = *message.to;
    connection.take(std::move(message));
  }
  delivering_.clear();
}

void Worker::set_deadline(Deadlines::Slot& slot, Wait wait, Connection& connection) {
  deadlines_.set(slot, wait, connection, std::chrono::steady_clock::now());
  if (!timer_at_ || slot.entry->at < *timer_at_) arm_timer();
}

void Worker::arm_timer() {
  timer_at_ = deadlines_.earliest();
  if (!timer_at_) return;
  timer_.expires_at(*timer_at_);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) on_timer();
  });
}

void Worker::on_timer() {
  const auto now = std::chrono::steady_clock::now();
  while (const auto expired = deadlines_.expired(now)) {
    const std::shared_ptr<Connection> alive = expired->connection->shared_from_this();
    alive->on_deadline(expired->wait);
  }
  arm_timer();
}

void Worker::begin_stop() {
  net::post(io_, [this] {
    stopping_ = true;
    boost::system::error_code ec;
    acceptor_.close(ec);
    accept_pause_.cancel();
    const auto now_open = connections_;  // a copy: draining removes from the list
    for (const auto& connection : now_open) connection->drain();
    note_if_empty();
  });
}

void Worker::note_if_empty() {
  if (!stopping_ || !connections_.empty()) return;
  const std::lock_guard lock(empty_mutex_);
  empty_ = true;
  empty_changed_.notify_all();
}

bool Worker::wait_until_empty(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(empty_mutex_);
  return empty_changed_.wait_until(lock, until, [this] { return empty_; });
}

void Worker::finish() {
  net::post(io_, [this] {
    const auto still_open = connections_;
    for (const auto& connection : still_open) connection->cut();
    timer_.cancel();
    guard_.reset();
  });
  if (thread_.joinable()) thread_.join();
  std::vector<Message> left;
  {
    const std::lock_guard lock(mailbox_mutex_);
    mailbox_closed_ = true;
    left.swap(mailbox_);
  }
  // Producers waiting for a drained queue must learn that nobody waits for them any more.
  for (Message& message : left) {
    if (auto* waiting = std::get_if<Message::WhenBelow>(&message.what)) waiting->drained();
  }
}

}  // namespace lamplight::http
