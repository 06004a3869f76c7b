#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lamplight::http::test {

struct Reply {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  ///< of a chunked reply: the pieces put together
  bool cut = false;  ///< the connection ended before the body did
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// A client that sends exactly the bytes it is told to. Every wait ends after ten seconds, so that a server that says
/// nothing fails the test instead of hanging it.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer_bytes = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the other side has closed.
  bool send(std::string_view bytes);
  /// Sends without waiting for room; how many bytes went.
  std::size_t send_some(std::string_view bytes);
  /// Whether there is room to send within the time.
  [[nodiscard]] bool wait_writable(int timeout_ms) const;
  /// Whether something has come, or the end, within the time.
  [[nodiscard]] bool wait_readable(int timeout_ms) const;
  void close_sending();  ///< FIN: "I have said everything"
  void reset();          ///< RST: gone without a word
  void close();

  /// The next reply, body and all; nothing when the connection ended before its head.
  std::optional<Reply> read_reply(bool head_only = false);
  /// Up to the blank line.
  std::optional<Reply> read_head();
  /// More bytes as they come; empty at the end.
  std::string read_some();
  /// Whether the server has closed, with nothing more said.
  [[nodiscard]] bool is_closed_by_server();

 private:
  bool fill();
  std::optional<std::string> take_line();
  bool take(std::size_t bytes, std::string& out);

  int fd_ = -1;
  std::string pending_;
};

/// "POST target" with the usual fields and `body`.
[[nodiscard]] std::string post(std::string_view target, std::string_view body,
                               std::string_view extra_fields = {});
[[nodiscard]] std::string get(std::string_view target, std::string_view extra_fields = {});

}  // namespace lamplight::http::test
