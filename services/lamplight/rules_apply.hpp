#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/ids.hpp"
#include "bus_link.hpp"

namespace lamplight::cli {

/// The name of a connection that publishes rules, and the actor of what it says.
inline constexpr char kRulesEdge[] = "cli/rules";

/// The newest version of one document of rules, as of some offset.
struct PublishedRules {
  std::int64_t version = 0;
  Offset offset;
  std::string document;
};

/// What is on the log behind a connected client, by the documents' names. `as_of` 0: now. Errors: kFenced.
[[nodiscard]] Result<std::map<std::string, PublishedRules>> read_rules(bus::Client& client,
                                                                       std::uint64_t as_of);

struct RulesInForce {
  std::int64_t version = 0;
  Offset offset;
  bool was_so = false;  ///< this very document was in force before
};

/// Puts a checked document (inner::checked_name) on the log as the next version under its name, unless it is in force
/// already. Errors: kExists when another became that version in this moment; what the bus answered.
[[nodiscard]] Result<RulesInForce> put_rules_in_force(BusLink& link, const std::string& name,
                                                      const std::string& document);

}  // namespace lamplight::cli
