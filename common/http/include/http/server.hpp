#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/env.hpp"
#include "base/result.hpp"

/// A thin adaptor over Boost.Beast: routes, bounds, streaming bodies, answers from any thread.
namespace lamplight::http {

/// Every bound of a server. A streaming route's body has no size limit: its sink holds the client back instead.
struct Limits {
  std::size_t header_bytes = 8192;
  std::size_t body_bytes = 1U << 20;       ///< of a buffered route
  std::int64_t header_timeout_ms = 5'000;  ///< from a request's first byte to its header's end
  std::int64_t body_timeout_ms = 30'000;   ///< without a byte of body while we want one
  /// A body must come at so many bytes a second on average, body_timeout_ms granted on top; only the time in which we
  /// wait for the client counts, so a body of any length may take as long as its sink holds it back.
  std::int64_t body_bytes_per_s = 1024;
  std::int64_t idle_timeout_ms = 60'000;    ///< between requests
  std::int64_t answer_timeout_ms = 30'000;  ///< handler silent for so long: 503
  std::int64_t write_timeout_ms = 30'000;   ///< without a byte of our answer taken by the client
  /// Beyond it a newcomer takes the place of the connection that has been idle for longest, or of the oldest that has
  /// not finished a head; only when all are busy is it told 503.
  std::uint32_t connections = 12'000;
  std::uint32_t connections_per_address =
      12'000;  ///< beyond it 503; a proxy in front is one address
};

/// Readable bytes behind every Request::body (their content is nothing), so that simdjson needs no copy.
inline constexpr std::size_t kBodyPadding = 64;

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: the system picks; see Server::port
  unsigned threads = 1;
  std::uint64_t id_seed = 0;  ///< begins every request id: from Env's randomness, a new one a start
  Clock* clock = nullptr;  ///< tells the time for Date; without it there is none (RFC 9110 §6.6.1)
  Limits limits;
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// The parts of a request; views live until the request has been answered.
struct Request {
  std::string_view method;
  std::string_view target;  ///< as sent
  std::string path;  ///< percent-decoded, no query; refused (400) before you see it when malformed
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::string> captures;  ///< one for each {} of the route
  std::string_view body;              ///< whole, on a buffered route
  std::string peer;                   ///< address without port
  std::string id;                     ///< request id, also in the answer's X-Request-Id
  [[nodiscard]] std::string_view header(
      std::string_view name) const;  ///< "" when absent; names compare without case
  [[nodiscard]] std::string_view query_value(std::string_view name) const;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// The way to answer one request, exactly once. Threads: any; may outlive the handler; a destroyed, unanswered one
/// answers 500. After the client went away answers go nowhere, quietly.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void answer(Response response) = 0;
  /// Chunked answer instead: head, pieces, end. `write` returns the bytes still waiting in the send queue.
  virtual void begin(Response head) = 0;
  virtual std::size_t write(std::string piece) = 0;
  virtual void end() = 0;
  /// Calls once when the send queue has drained below `bytes` (at once if it is).
  /// Never from inside the call; also when the client has gone away or the server has stopped.
  virtual void when_below(std::size_t bytes, std::function<void()> drained) = 0;
  /// Whether nobody waits any more: answered, timed out, or the client went away.
  [[nodiscard]] virtual bool gone() const { return false; }
};
using ResponderPtr = std::shared_ptr<Responder>;

/// Receives the body of a streaming route piece by piece, on the connection's thread. An answer before the end of the
/// body is fine: the sink hears nothing more, and the connection closes after the answer.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// `piece` lives until the call returns. `resume` must be called (any thread, at once or later) before the next piece
  /// comes, and before on_end: that is the back-pressure.
  virtual void on_data(std::string_view piece, std::function<void()> resume) = 0;
  virtual void on_end() = 0;
  /// The body will not come to its end, but its client may still listen: it closed its half, is too slow, or sent a bad
  /// chunk; `why` is for people. True: the sink answers, and hears nothing more, as after on_end. False: the
  /// server answers, and on_abort follows.
  [[nodiscard]] virtual bool on_cut(std::string_view /*why*/) { return false; }
  /// The client went away or timed out before the end, or the server stops. Last call, once; answers go nowhere.
  virtual void on_abort() = 0;
};

using Handler = std::function<void(const Request&, ResponderPtr)>;
using StreamHandler = std::function<std::unique_ptr<BodySink>(const Request&, ResponderPtr)>;

/// What the server tells; called on its threads.
class ServerObserver {
 public:
  virtual ~ServerObserver() = default;
  virtual void request(std::string_view route, std::string_view method, unsigned status,
                       double seconds) = 0;
  virtual void refused(
      std::string_view reason) = 0;  ///< too_many_connections, header_timeout, body_too_large, …
  virtual void in_flight(std::int64_t delta) = 0;
};

class Server {
 public:
  virtual ~Server() = default;
  /// Routes before start. Pattern: "/v1/alerts/{}"; {} takes one path segment. Unknown path 404, known path with another
  /// method 405 with Allow, all as problem+json.
  virtual void route(std::string method, std::string pattern, Handler handler) = 0;
  virtual void route_stream(std::string method, std::string pattern, StreamHandler handler) = 0;
  /// Errors: kIo (address named), e.g. the port is taken.
  [[nodiscard]] virtual Result<void> start() = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Stops accepting, waits up to `timeout_ms` for answers under way, closes.
  virtual void stop(std::int64_t timeout_ms) = 0;
};

[[nodiscard]] std::unique_ptr<Server> make_server(ServerOptions options,
                                                  ServerObserver* observer = nullptr);

}  // namespace lamplight::http
