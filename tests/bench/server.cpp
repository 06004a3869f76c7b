#include "server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/check.hpp"
#include "figures.hpp"

namespace lamplight::bench {

namespace {

// In the child: never returns.
[[noreturn]] void become(const std::vector<std::string>& argv, int out, int log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // not to outlive a bench that was killed
  ::dup2(out < 0 ? log : out, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (const std::string& word : argv) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  ::execvp(pointers[0], pointers.data());
  ::_exit(127);
}

// The first line that begins with `word`; empty at the end of the output.
std::string line_with(int fd, const std::string& word) {
  std::string line;
  char c = 0;
  while (::read(fd, &c, 1) == 1) {
    if (c != '\n') line += c;
    else if (line.starts_with(word)) return line;
    else line.clear();
  }
  return {};
}

bool is_ready(std::uint16_t port) {
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

std::unique_ptr<Server> Server::start(const std::vector<std::string>& argv,
                                      const std::string& log_file, const std::string& ready_word) {
  const int log = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  LAMPLIGHT_CHECK(log >= 0, "the bench folder is writable");
  int out[2] = {-1, -1};
  if (!ready_word.empty()) LAMPLIGHT_CHECK(::pipe2(out, O_CLOEXEC) == 0, "a pipe");
  const pid_t pid = ::fork();
  LAMPLIGHT_CHECK(pid >= 0, "fork");
  if (pid == 0) become(argv, out[1], log);
  ::close(log);
  if (out[1] >= 0) ::close(out[1]);
  auto server = std::unique_ptr<Server>(new Server(pid, out[0]));
  if (ready_word.empty()) return server;
  server->ready_line_ = line_with(out[0], ready_word);
  return server->ready_line_.empty() ? nullptr : std::move(server);
}

Server::~Server() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) ::close(out_);
}

void Server::wait_until_ready() const {
  const std::size_t colon = ready_line_.find(':', ready_line_.find("//"));
  LAMPLIGHT_CHECK(colon != std::string::npos, "the service says where its health is told");
  const auto port =
      static_cast<std::uint16_t>(std::strtoul(ready_line_.c_str() + colon + 1, nullptr, 10));
  // The pause only spares the processor for those it waits for.
  while (!is_ready(port)) {
    LAMPLIGHT_CHECK(::waitpid(pid_, nullptr, WNOHANG) == 0, "the service lives until it is ready");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void Server::stop() {
  int status = 0;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  LAMPLIGHT_CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the service ends well");
}

double Server::rss_anon_mib() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  double kib = 0;
  while (status >> word) {
    if (word == "RssAnon:") status >> kib;
  }
  return kib / 1024;
}

double Server::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  LAMPLIGHT_CHECK(::bind(fd, generic, size) == 0 && ::getsockname(fd, generic, &size) == 0,
                  "a free port");
  ::close(fd);
  return ntohs(address.sin_port);
}

double own_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

bool soon(const std::function<bool()>& condition) {
  const double until = seconds_now() + 10;
  while (!condition()) {
    if (seconds_now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace lamplight::bench
