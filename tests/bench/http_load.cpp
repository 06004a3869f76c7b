#include "http_load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <string_view>

#include "base/check.hpp"

namespace lamplight::bench {

namespace {

double now_s() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Reply {
  std::size_t bytes = 0;
  unsigned status = 0;
  bool retry_after = false;
  bool close = false;
};

/// A whole reply at the front of `in`; bytes 0 while it is incomplete.
Reply parse_reply(std::string_view in) {
  Reply reply;
  const std::size_t end = in.find("\r\n\r\n");
  if (end == std::string_view::npos || end < 12) return reply;
  const std::string_view head = in.substr(0, end + 2);
  std::from_chars(head.data() + 9, head.data() + 12, reply.status);
  std::size_t length = 0;
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  if (const auto at = head.find(kLength); at != std::string_view::npos) {
    std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), length);
  }
  if (in.size() < end + 4 + length) return reply;
  reply.retry_after = head.find("\r\nRetry-After: ") != std::string_view::npos;
  reply.close = head.find("\r\nConnection: close") != std::string_view::npos;
  reply.bytes = end + 4 + length;
  return reply;
}

class Load {
 public:
  explicit Load(const LoadOptions& options) : options_(options), clients_(options.connections) {
    epoll_ = ::epoll_create1(0);
    LAMPLIGHT_CHECK(epoll_ >= 0, "epoll");
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      connect(i);
      free_.push_back(i);
    }
  }
  ~Load() {
    for (const Client& client : clients_) ::close(client.fd);
    ::close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  LoadResult run() {
    const double begin = now_s();
    const double end = begin + options_.seconds;
    std::uint64_t due = 0;  // requests that the pace has asked for
    for (double now = begin; now < end; now = now_s()) {
      while (!free_.empty()) {
        const double at =
            options_.rate > 0 ? begin + static_cast<double>(due) / options_.rate : now;
        if (at > now || at >= end) break;
        ++due;
        send(at);
      }
      receive(options_.rate > 0 ? 1 : 100);
    }
    result_.seconds = now_s() - begin;
    for (const double last = end + 1; free_.size() < clients_.size() && now_s() < last;)
      receive(100);
    return std::move(result_);
  }

 private:
  struct Client {
    int fd = -1;
    double due_s = 0;
    std::string in;
  };

  void connect(std::size_t index) {
    Client& client = clients_[index];
    client.fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int connected =
        ::connect(client.fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    LAMPLIGHT_CHECK(connected == 0, "the server accepts connections");
    const int yes = 1;
    ::setsockopt(client.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::fcntl(client.fd, F_SETFL, ::fcntl(client.fd, F_GETFL) | O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    LAMPLIGHT_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event) == 0, "epoll_ctl");
  }

  void reconnect(std::size_t index) {
    ::close(clients_[index].fd);
    clients_[index].in.clear();
    connect(index);
  }

  void send(double due_s) {
    const std::size_t index = free_.back();
    free_.pop_back();
    Client& client = clients_[index];
    client.due_s = due_s;
    body_ = fmt::format(
        R"({{"partner_ref":"{}-{}","status":"Actual","class":"criminal","category":"theft","area":"wuma",)"
        R"("reported_at":"2022-08-25T20:15:00+08:00","occurred_at":"2022-08-25T20:10:00+08:00",)"
        R"("operations":["qinghuan","tiequan"],"places":{{"station":"wuma-suo","grid":"G-017"}},)"
        R"("stages":{{"dispatch":"2022-08-25T20:16:00+08:00","arrive":"2022-08-25T12:20:00Z"}},"amount_fen":120050}})",
        options_.name, ++result_.sent);
    request_ = fmt::format(
        "POST /v1/alerts HTTP/1.1\r\nHost: load\r\nContent-Type: "
        "application/json\r\nContent-Length: {}\r\n\r\n{}",
        body_.size(), body_);
    const ssize_t sent = ::send(client.fd, request_.data(), request_.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(request_.size())) return;
    answered(index, 0);
    reconnect(index);
  }

  void receive(int timeout_ms) {
    std::array<epoll_event, 256> events{};
    const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
    for (int i = 0; i < n; ++i)
      read(static_cast<std::size_t>(events.at(static_cast<std::size_t>(i)).data.u64));
  }

  void read(std::size_t index) {
    Client& client = clients_[index];
    std::array<char, 4096> room;
    const ssize_t got = ::recv(client.fd, room.data(), room.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      if (client.due_s > 0) answered(index, 0);
      return reconnect(index);
    }
    client.in.append(room.data(), static_cast<std::size_t>(got));
    const Reply reply = parse_reply(client.in);
    if (reply.bytes == 0) return;
    client.in.erase(0, reply.bytes);
    const bool refused = reply.status == 429 || reply.status == 503;
    if (refused && !reply.retry_after) ++result_.without_retry_after;
    answered(index, reply.status);
    if (reply.close) reconnect(index);
  }

  void answered(std::size_t index, unsigned status) {
    const double us = (now_s() - clients_[index].due_s) * 1e6;
    clients_[index].due_s = 0;
    ++result_.statuses[status];
    if (status >= 200 && status < 300) result_.taken_us.push_back(us);
    if (status == 429 || status == 503) result_.refused_us.push_back(us);
    free_.push_back(index);
  }

  const LoadOptions options_;
  int epoll_ = -1;
  std::vector<Client> clients_;
  std::vector<std::size_t> free_;
  std::string body_;
  std::string request_;
  LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadOptions& options) { return Load(options).run(); }

}  // namespace lamplight::bench
