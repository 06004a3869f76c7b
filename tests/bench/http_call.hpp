#pragma once

#include <string>
#include <string_view>

/// One request after the other over a connection to a port of this machine.
namespace lamplight::bench {

/// A socket, the caller's to close; -1 when nobody listens.
[[nodiscard]] int connect_to(int port);
void send_all(int fd, std::string_view bytes);
/// One reply with its body; empty when the connection ended.
[[nodiscard]] std::string receive_reply(int fd);

}  // namespace lamplight::bench
