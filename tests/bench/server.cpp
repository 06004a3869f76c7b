#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/check.hpp"
#include "figures.hpp"
#include "peers.hpp"

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

// Reads lines until one begins with `word`; false at the end of the output.
bool read_until(int fd, const std::string& word) {
  std::string line;
  char c = 0;
  while (::read(fd, &c, 1) == 1) {
    if (c != '\n') line += c;
    else if (line.starts_with(word)) return true;
    else line.clear();
  }
  return false;
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
  if (!ready_word.empty() && !read_until(out[0], ready_word)) return nullptr;
  return server;
}

Server::~Server() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  if (out_ >= 0) ::close(out_);
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
