#include "http_call.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "base/check.hpp"

namespace lamplight::bench {

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return fd;
  ::close(fd);
  return -1;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    LAMPLIGHT_CHECK(sent > 0, "the server takes what is sent");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string receive_reply(int fd) {
  std::string in;
  std::vector<char> room(1U << 16);
  for (std::size_t wanted = 0; wanted == 0 || in.size() < wanted;) {
    const ssize_t got = ::recv(fd, room.data(), room.size(), 0);
    if (got <= 0) return {};
    in.append(room.data(), static_cast<std::size_t>(got));
    const std::size_t end = in.find("\r\n\r\n");
    if (end == std::string::npos || wanted != 0) continue;
    const std::size_t length = in.find("Content-Length: ");
    LAMPLIGHT_CHECK(length < end, "a reply tells its length");
    wanted = end + 4 + std::strtoul(in.c_str() + length + 16, nullptr, 10);
  }
  return in;
}

}  // namespace lamplight::bench
