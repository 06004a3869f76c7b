#include <utility>

#include "http/server.hpp"

#include <fmt/core.h>
#include <boost/asio/ip/address.hpp>

#include <algorithm>

#include "base/check.hpp"
#include "base/logging.hpp"
#include "worker.hpp"

namespace lamplight::http {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

class BeastServer final : public Server {
 public:
  BeastServer(ServerOptions options, ServerObserver* observer)
      : core_(std::make_shared<Core>(std::move(options), observer)) {}
  ~BeastServer() override { BeastServer::stop(0); }

  void route(std::string method, std::string pattern, Handler handler) override {
    add({std::move(method), std::move(pattern), std::move(handler)});
  }
  void route_stream(std::string method, std::string pattern, StreamHandler handler) override {
    add({std::move(method), std::move(pattern), std::move(handler)});
  }

  Result<void> start() override {
    LAMPLIGHT_CHECK(!started_, "a server starts once");
    boost::system::error_code ec;
    const ServerOptions& options = core_->options;
    const auto address = boost::asio::ip::make_address(options.address, ec);
    if (ec) {
      return Error(Code::kIo, fmt::format("listen on \"{}\": not an IP address (for this machine "
                                          "only: 127.0.0.1)",
                                          options.address));
    }
    if (auto bound = bind_all({address, options.port}); !bound) return bound;
    started_ = true;
    for (const auto& worker : workers_) worker->start();
    logging::info("http listening address={} port={} threads={}", options.address, port_,
                  workers_.size());
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void stop(std::int64_t timeout_ms) override {
    if (!std::exchange(started_, false)) return;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    for (const auto& worker : workers_) worker->begin_stop();
    bool clean = true;
    for (const auto& worker : workers_) clean = worker->wait_until_empty(until) && clean;
    for (const auto& worker : workers_) worker->finish();
    workers_.clear();
    if (!clean && timeout_ms > 0)
      logging::warning("http stopped with requests under way after_ms={}", timeout_ms);
  }

 private:
  void add(Route route) {
    LAMPLIGHT_CHECK(!started_, "routes come before start");
    core_->router.add(std::move(route));
  }

  Result<void> bind_all(Tcp::endpoint endpoint) {
    const unsigned threads = std::max(1U, core_->options.threads);
    if (threads > 1 && endpoint.port() != 0) {
      // Sockets that share a port would share it with another process's just as gladly: try it alone first.
      const auto probe = std::make_shared<Worker>(core_, 0);
      if (auto alone = probe->listen(endpoint, false); !alone) return alone.error();
    }
    for (unsigned i = 0; i < threads; ++i) {
      workers_.push_back(std::make_shared<Worker>(core_, i));
      const auto bound = workers_.back()->listen(endpoint, threads > 1);
      if (!bound) {
        workers_.clear();
        return bound.error();
      }
      endpoint.port(bound.ok() ? (*bound).port() : endpoint.port());
    }
    port_ = endpoint.port();
    return {};
  }

  std::shared_ptr<Core> core_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::uint16_t port_ = 0;
  bool started_ = false;
};

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (same_name(known, name)) return value;
  }
  return {};
}

std::string_view Request::query_value(std::string_view name) const {
  for (const auto& [known, value] : query) {
    if (known == name) return value;
  }
  return {};
}

std::unique_ptr<Server> make_server(ServerOptions options, ServerObserver* observer) {
  return std::make_unique<BeastServer>(std::move(options), observer);
}

}  // namespace lamplight::http
