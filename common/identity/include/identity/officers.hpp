#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "identity/roles.hpp"
#include "model/event.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::identity {

struct Officer {
  std::string key;                 ///< opaque: 32 hexadecimal digits
  RoleSet roles;                   ///< roles that this program does not know are passed over
  std::vector<std::string> units;  ///< as the event names them
  bool revoked = false;
  Offset changed;  ///< offset of the event that said so last

  [[nodiscard]] bool in_unit(std::string_view unit) const;
};

/// The projection of `officer.*`: who there is and what they are. Part of a fold: deterministic, never refuses what happened.
/// A key is added once; revoked is for good, whatever comes after.
class Officers {
 public:
  [[nodiscard]] static std::vector<std::string> subjects() { return {"officer.*"}; }
  /// Takes what is of `officer.*` and passes over the rest.
  void evolve(const Event& event);
  void save(MsgpackWriter& out) const;
  void load(MsgpackReader& in);

  /// Null when the log knows no such key; a revoked officer is found, too.
  [[nodiscard]] const Officer* find(std::string_view key) const;
  /// In the order of their keys.
  [[nodiscard]] std::vector<const Officer*> all() const;

 private:
  template <typename T>
  void set(const Event& event, bool may_be_new);
  void revoke(const Event& event);
  std::map<std::string, Officer, std::less<>> officers_;
};

}  // namespace lamplight::identity
