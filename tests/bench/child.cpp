#include "child.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/check.hpp"

namespace lamplight::bench {

namespace {

bool answers_200(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool ok = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  const std::string ask = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  ok = ok && ::send(fd, ask.data(), ask.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(ask.size());
  char head[32] = {};
  ok = ok && ::recv(fd, head, sizeof head - 1, 0) > 0;
  ::close(fd);
  return ok && std::string(head).find(" 200 ") != std::string::npos;
}

}  // namespace

Child::Child(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  LAMPLIGHT_CHECK(::pipe(ends) == 0, "pipe");
  pid_ = ::fork();
  LAMPLIGHT_CHECK(pid_ >= 0, "fork");
  if (pid_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::close(ends[0]);
    ::execv(program.c_str(), argv.data());
    std::_Exit(127);
  }
  ::close(ends[1]);
  out_ = ends[0];
}

void Child::wait_until_ready() {
  std::string said;
  std::size_t health = std::string::npos;
  while (health == std::string::npos || said.find('\n', health) == std::string::npos) {
    char piece[512];
    const ssize_t n = ::read(out_, piece, sizeof piece);
    LAMPLIGHT_CHECK(n > 0, "the service says where it listens");
    said.append(piece, static_cast<std::size_t>(n));
    health = said.find("health ");
  }
  const std::size_t colon = said.find(':', said.find("//", health));
  const auto port = static_cast<std::uint16_t>(std::strtoul(said.c_str() + colon + 1, nullptr, 10));
  // The pause only spares the processor for those it waits for.
  while (!answers_200(port)) ::poll(nullptr, 0, 5);
}

void Child::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGTERM);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  ::close(out_);
  pid_ = -1;
  LAMPLIGHT_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the service ends well");
}

double Child::rss_anon_mib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  double kib = 0;
  while (status >> word) {
    if (word == "RssAnon:") status >> kib;
  }
  return kib / 1024;
}

}  // namespace lamplight::bench
