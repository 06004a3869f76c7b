#include "raw_client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace lamplight::http::test {

namespace {
constexpr int kPatienceMs = 10'000;
}

std::string Reply::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known.size() == name.size() && strncasecmp(known.data(), name.data(), name.size()) == 0) {
      return value;
    }
  }
  return {};
}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer_bytes > 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  const int one = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ADD_FAILURE() << "connect to port " << port << ": " << strerror(errno);
  }
}

RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::size_t RawClient::send_some(std::string_view bytes) {
  const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

bool RawClient::wait_writable(int timeout_ms) const {
  pollfd poll{.fd = fd_, .events = POLLOUT, .revents = 0};
  return ::poll(&poll, 1, timeout_ms) == 1 && (poll.revents & POLLOUT) != 0;
}

bool RawClient::wait_readable(int timeout_ms) const {
  pollfd poll{.fd = fd_, .events = POLLIN, .revents = 0};
  return !pending_.empty() || ::poll(&poll, 1, timeout_ms) == 1;
}

void RawClient::close_sending() { ::shutdown(fd_, SHUT_WR); }

void RawClient::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

bool RawClient::fill() {
  pollfd poll{.fd = fd_, .events = POLLIN, .revents = 0};
  if (::poll(&poll, 1, kPatienceMs) != 1) {
    ADD_FAILURE() << "the server said nothing for " << kPatienceMs << " ms";
    return false;
  }
  std::array<char, 16384> bytes{};
  const ssize_t n = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (n <= 0) return false;
  pending_.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

std::optional<std::string> RawClient::take_line() {
  for (;;) {
    if (const std::size_t end = pending_.find("\r\n"); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 2);
      return line;
    }
    if (!fill()) return std::nullopt;
  }
}

bool RawClient::take(std::size_t bytes, std::string& out) {
  while (pending_.size() < bytes) {
    if (!fill()) break;
  }
  const std::size_t n = std::min(bytes, pending_.size());
  out.append(pending_, 0, n);
  pending_.erase(0, n);
  return n == bytes;
}

std::optional<Reply> RawClient::read_head() {
  const auto status_line = take_line();
  if (!status_line || status_line->size() < 12) return std::nullopt;
  Reply reply;
  reply.status = static_cast<unsigned>(std::stoul(status_line->substr(9, 3)));
  for (;;) {
    const auto line = take_line();
    if (!line) return std::nullopt;
    if (line->empty()) return reply;
    const std::size_t colon = line->find(": ");
    reply.headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
  }
}

std::optional<Reply> RawClient::read_reply(bool head_only) {
  auto reply = read_head();
  if (!reply || head_only || reply->status < 200 || reply->status == 204) return reply;
  if (reply->header("Transfer-Encoding") == "chunked") {
    for (;;) {
      const auto size = take_line();
      if (!size) break;
      const std::size_t bytes = std::stoul(*size, nullptr, 16);
      if (!take(bytes, reply->body)) break;
      if (!take_line()) break;
      if (bytes == 0) return reply;
    }
    reply->cut = true;
  } else if (const std::string length = reply->header("Content-Length"); !length.empty()) {
    reply->cut = !take(std::stoul(length), reply->body);
  } else {
    while (fill()) {
    }
    reply->body = std::exchange(pending_, {});
  }
  return reply;
}

std::string RawClient::read_some() {
  if (pending_.empty()) fill();
  return std::exchange(pending_, {});
}

bool RawClient::is_closed_by_server() { return pending_.empty() && !fill() && pending_.empty(); }

std::string post(std::string_view target, std::string_view body, std::string_view extra_fields) {
  std::string out = "POST ";
  out.append(target).append(" HTTP/1.1\r\nHost: here\r\n").append(extra_fields);
  out.append("Content-Length: ")
      .append(std::to_string(body.size()))
      .append("\r\n\r\n")
      .append(body);
  return out;
}

std::string get(std::string_view target, std::string_view extra_fields) {
  std::string out = "GET ";
  out.append(target).append(" HTTP/1.1\r\nHost: here\r\n").append(extra_fields).append("\r\n");
  return out;
}

}  // namespace lamplight::http::test
