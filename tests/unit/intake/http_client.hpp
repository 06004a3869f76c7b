#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A blocking HTTP client of a few lines: one request a connection.
namespace lamplight::intake::test {

struct Reply {
  unsigned status = 0;
  std::string head;
  std::string body;
  [[nodiscard]] std::string header(std::string_view name) const {
    const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const std::size_t from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~HttpConnection() { ::close(socket_); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// False when the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }

  /// Appends what has come, waiting for some; false at the end of the connection.
  bool receive_some(std::string& into) {
    std::vector<char> room(1U << 12);
    const ssize_t n = ::recv(socket_, room.data(), room.size(), 0);
    if (n > 0) into.append(room.data(), static_cast<std::size_t>(n));
    return n > 0;
  }
  /// Reads to the end of the connection, so the request must have asked to close it.
  Reply receive() {
    std::string all;
    std::vector<char> room(1U << 16);
    for (;;) {
      const ssize_t n = ::recv(socket_, room.data(), room.size(), 0);
      if (n <= 0) break;
      all.append(room.data(), static_cast<std::size_t>(n));
    }
    return parse(all);
  }

 private:
  static Reply parse(const std::string& all) {
    Reply reply;
    const std::size_t end = all.find("\r\n\r\n");
    if (end == std::string::npos) return reply;
    reply.head = all.substr(0, end + 2);
    reply.status = static_cast<unsigned>(std::stoul(reply.head.substr(9, 3)));
    reply.body = all.substr(end + 4);
    if (reply.header("Transfer-Encoding") == "chunked") reply.body = unchunk(reply.body);
    return reply;
  }
  static std::string unchunk(const std::string& body) {
    std::string out;
    std::size_t at = 0;
    while (at < body.size()) {
      const std::size_t line = body.find("\r\n", at);
      const std::size_t size = std::stoul(body.substr(at, line - at), nullptr, 16);
      if (size == 0) return out;
      out += body.substr(line + 2, size);
      at = line + 2 + size + 2;
    }
    return out + "<the last chunk is missing>";
  }

  int socket_;
};

inline std::string post_head_to(std::string_view path, std::size_t length, std::string_view type,
                                std::string_view extra = {}) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(length) + "\r\n" + std::string(extra) + "\r\n";
}
inline std::string post_head(std::size_t length, std::string_view type,
                             std::string_view extra = {}) {
  return post_head_to("/v1/alerts", length, type, extra);
}

}  // namespace lamplight::intake::test
