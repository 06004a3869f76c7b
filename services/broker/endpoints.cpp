#include "endpoints.hpp"

#include "base/logging.hpp"

namespace lamplight::broker {

namespace {

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

}  // namespace

Result<void> prepare_endpoints(Disk& disk, const std::vector<std::string>& endpoints,
                               bool insecure_tcp) {
  for (const std::string& endpoint : endpoints) {
    if (endpoint.starts_with("inproc://")) continue;
    if (endpoint.starts_with("ipc://")) {
      if (auto made = prepare_ipc(disk, endpoint); !made) return made.error().with("bus endpoint");
    } else if (endpoint.starts_with("tcp://")) {
      if (!insecure_tcp) {
        return Error(Code::kForbidden, endpoint +
                                           ": TCP is neither encrypted nor authenticated yet; set "
                                           "bus.insecure_tcp = true where the network is trusted");
      }
      logging::warning(
          "event=insecure_tcp endpoint={} note=\"anyone who reaches it may read and publish\"",
          endpoint);
    } else {
      return Error(Code::kInvalid,
                   "'" + endpoint + "' is no endpoint; want ipc://PATH or tcp://ADDRESS:PORT");
    }
  }
  return {};
}

}  // namespace lamplight::broker
