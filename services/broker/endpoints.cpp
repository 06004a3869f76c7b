#include "endpoints.hpp"

#include <algorithm>
#include <string_view>

#include "base/logging.hpp"
#include "identity/first_start.hpp"

namespace lamplight::broker {

namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr std::size_t kMaxSocketPath = 107;  // sun_path of Linux, without its final zero

Result<void> prepare_ipc(Disk& disk, const std::string& endpoint) {
  const std::string path = endpoint.substr(std::string("ipc://").size());
  if (path.size() > kMaxSocketPath) {
    return Error(Code::kInvalid, endpoint + ": a socket's path has at most " +
                                     std::to_string(kMaxSocketPath) +
                                     " bytes; use a shorter data.folder or bus.endpoint");
  }
  const auto slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return {};
  return disk.make_folder(path.substr(0, slash));
}

/// The host of tcp://HOST:PORT, an IPv6 address without its brackets.
std::string host_of(const std::string& endpoint) {
  std::string host = endpoint.substr(kTcp.size());
  host.resize(std::min(host.rfind(':'), host.size()));
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    return host.substr(1, host.size() - 2);
  return host;
}

Result<void> prepare_tcp(Disk& disk, const std::string& data_folder, const std::string& endpoint,
                         bool insecure_tcp) {
  if (!insecure_tcp) {
    return Error(Code::kForbidden, endpoint +
                                       ": TCP is neither encrypted nor authenticated yet; set "
                                       "bus.insecure_tcp = true where the network is trusted");
  }
  if (auto may = identity::may_listen(disk, data_folder, host_of(endpoint), "bus.listen"); !may)
    return may;
  logging::warning(
      "event=insecure_tcp endpoint={} note=\"anyone who reaches it may read and publish\"",
      endpoint);
  return {};
}

}  // namespace

Result<void> prepare_endpoints(Disk& disk, const std::string& data_folder,
                               const std::vector<std::string>& endpoints, bool insecure_tcp) {
  for (const std::string& endpoint : endpoints) {
    if (endpoint.starts_with("inproc://")) continue;
    if (endpoint.starts_with("ipc://")) {
      if (auto made = prepare_ipc(disk, endpoint); !made) return made.error().with("bus endpoint");
    } else if (endpoint.starts_with(kTcp)) {
      if (auto may = prepare_tcp(disk, data_folder, endpoint, insecure_tcp); !may) return may;
    } else {
      return Error(Code::kInvalid,
                   "'" + endpoint + "' is no endpoint; want ipc://PATH or tcp://ADDRESS:PORT");
    }
  }
  return {};
}

}  // namespace lamplight::broker
