#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lamplight::bench {

/// Single alerts posted over keep-alive connections, at a steady pace or one after the other.
struct LoadOptions {
  std::uint16_t port = 0;
  unsigned connections = 64;
  double rate =
      0;  ///< requests a second, whatever becomes of them; 0: each connection as fast as it is answered
  double seconds = 5;  ///< of sending; what is under way then is waited for, a second at most
  std::string name = "load";  ///< begins every partner_ref, so that runs do not repeat each other
};

struct LoadResult {
  std::uint64_t sent = 0;
  double seconds = 0;
  std::map<unsigned, std::uint64_t> statuses;  ///< 0: the connection ended without an answer
  std::uint64_t without_retry_after =
      0;  ///< refusals (429, 503) that do not say when to come again
  /// Microseconds from the moment a request was due (paced) or sent. A late request is charged with its wait, so a server
  /// that stalls is not flattered by requests that were never sent.
  std::vector<double> taken_us;    ///< 2xx
  std::vector<double> refused_us;  ///< 429 and 503
};

/// One thread, until done. Ends the process when the port does not answer at all.
[[nodiscard]] LoadResult run_load(const LoadOptions& options);

}  // namespace lamplight::bench
