#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "log/inspect.hpp"

/// Bringing a damaged log back to work, at the price of what lies behind the damage. Torn tails and bad sidecars need
/// none of this: a start mends them.
namespace lamplight::log {

/// What a repair would take out of a log, or has taken.
struct RepairPlan {
  /// A part of one file, in the log's order.
  struct Cut {
    std::string file;
    std::uint64_t from = 0;  ///< bytes from..to are taken out
    std::uint64_t to = 0;
    bool whole_file = false;    ///< kept aside under its own name
    std::uint64_t batches = 0;  ///< whole ones that still read there
    std::uint64_t events = 0;   ///< in them
    Offset first;               ///< of those events; 0 when none reads
    Offset last;
  };

  Header header;
  std::optional<Finding> damage;  ///< the first; nothing: there is nothing to repair
  Offset kept;                    ///< the repaired log's last offset
  TimeUs kept_time;               ///< its time; TimeUs{} when nothing is kept
  std::vector<Cut> cuts;
  std::uint64_t events = 0;  ///< that still read and are cut
  Offset last;               ///< highest offset known to have been written, `kept` at least
  TimeUs first_time;         ///< of the cut events that still read
  TimeUs last_time;
  std::string aside;  ///< folder that the cut parts go to, inside the log's

  [[nodiscard]] bool needed() const { return damage.has_value(); }
};

/// A repair under way: it holds the folder's lock from the look to the end, so what was shown is what is done.
/// Threads: one.
class Repair {
 public:
  virtual ~Repair() = default;

  [[nodiscard]] virtual const RepairPlan& plan() const = 0;

  /// Ends the log at the last whole batch before the first damage. What is cut goes to plan().aside first and is synced
  /// there; then the segment with the damage is written anew up to the cut, and later segments are moved. Interrupted
  /// at any point the log is still refused as damaged (or whole already), and a new repair goes on.
  /// Errors: kOverloaded disk full, kIo; nothing that was to be kept is lost then either.
  [[nodiscard]] virtual Result<void> apply() = 0;
};

/// Takes the folder's lock and looks; changes nothing but the lock file.
/// Errors: kExists a broker holds the folder; kNotFound no log there; kDamaged nothing can be kept, as the very first
///   segment's header is bad; kUnsupported a format of a later version; kIo.
[[nodiscard]] Result<std::unique_ptr<Repair>> begin_repair(Disk& disk, const std::string& folder);

}  // namespace lamplight::log
