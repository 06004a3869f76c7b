#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::console {

/// The keys of desks, units and officers that a document of the inner loop's rules names; none where it cannot be read. An
/// empty document stands for the rules that hold before any is published. Deterministic.
using ReadDesks = std::function<std::vector<std::string>(std::string_view document)>;

/// Whom the inner loop's rules name, in any version: a case keeps the version that it began under. Part of a fold.
class RuleDesks {
 public:
  explicit RuleDesks(ReadDesks read);

  /// Takes rules.published and passes over the rest.
  void evolve(const Event& event);
  void save(MsgpackWriter& out) const;
  void load(MsgpackReader& in);

  [[nodiscard]] bool names(std::string_view key) const {
    return built_in_.contains(key) || published_.contains(key);
  }

 private:
  using Keys = std::set<std::string, std::less<>>;

  ReadDesks read_;
  Keys built_in_;
  std::int64_t version_ = 0;  ///< the newest taken
  Keys published_;
};

}  // namespace lamplight::console
