#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/log.hpp"

/// Looking at a log from outside: read-only, without its lock, beside a running bus or after it. What a running bus has
/// written and not yet synced may be seen as the log's end. What it changes between two looks is never taken for damage:
/// that counts only when it is found again, at the same byte, on a look that began after all evidence for it was read.
namespace lamplight::log {

/// One thing `verify` has to say.
struct Finding {
  enum class Kind {
    kDamage,   ///< stored bytes fail a check: what lies behind may be lost
    kSidecar,  ///< a sidecar that is missing, bad or differs: rebuilt by the next start or read, nothing is lost. Without
    ///< a clean stop the two newest may be missing unsaid: a running bus writes them in its own time
    kTornTail,  ///< unsynced bytes at the end, cut by the next start; nothing acknowledged is among them. Beside a running
                ///< bus: a batch that it is just writing
  };
  Kind kind = Kind::kDamage;
  std::string file;
  std::uint64_t at = 0;  ///< byte in the file
  std::string what;
};
[[nodiscard]] std::string_view to_string(Finding::Kind kind);

struct Verification {
  Header header;
  std::uint64_t segments = 0;
  std::uint64_t batches = 0;  ///< whole ones
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  ///< of whole batches
  Offset first;             ///< oldest offset kept
  Offset last;              ///< of the last whole batch
  ChainHash last_hash;
  TimeUs first_time;
  TimeUs last_time;
  std::uint64_t torn_bytes = 0;
  bool clean_stop = false;  ///< a clean-stop sidecar vouches for the end
  std::uint64_t damages = 0;
  std::uint64_t sidecar_findings = 0;
  std::optional<Finding> first_damage;

  [[nodiscard]] bool whole() const { return damages == 0; }
};

/// Walks everything: segment headers, CRC, frames, chain, offsets dense, time never back, sidecars equal to what their
/// segment gives, the clean-stop sidecar. `report` is called for each finding as it is met; a damaged segment is left
/// at its first damage and the walk goes on with the next one.
/// Errors: only what keeps it from looking at all: kNotFound no log there, kIo, kUnsupported.
[[nodiscard]] Result<Verification> verify(Disk& disk, const std::string& folder,
                                          const std::function<void(const Finding&)>& report);

/// Reads a log that nobody needs to have open: from `from` to its last whole batch (the end as the next start would
/// find it). Errors: kNotFound no log there; kInvalid beyond the end + 1; kDamaged (file and byte named).
[[nodiscard]] Result<std::unique_ptr<Reader>> read_folder(Disk& disk, const std::string& folder,
                                                          Offset from);

/// Calls `each` for the batches that hold offsets from..to, with those of their events that lie between; views end with
/// the call. Errors: as read_folder.
[[nodiscard]] Result<void> dump(Disk& disk, const std::string& folder, Offset from, Offset to,
                                const std::function<void(const BatchHeader&, const ChainHash&,
                                                         const std::vector<Event>&)>& each);

}  // namespace lamplight::log
