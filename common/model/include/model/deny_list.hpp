#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace lamplight {

/// Names of fields that no body may hold at any depth: personal data, free text, biometrics, ethnicity, religion, scores
/// of people. Compared without case, `_`, `-` and spaces, full-width letters as narrow ones. Threads: any once filled.
class DenyList {
 public:
  /// Refuses this name. Empty after normalising: false.
  bool add_name(std::string_view name);
  /// Refuses every name that holds this part; at least two characters after normalising, else false.
  bool add_part(std::string_view part);

  /// `scratch` is room for the normalised name, kept by the caller so that nothing is allocated.
  [[nodiscard]] bool refuses(std::string_view name, std::string& scratch) const;
  [[nodiscard]] bool refuses(std::string_view name) const;

  /// Normalised, sorted: for the generated schema.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] const std::vector<std::string>& parts() const { return parts_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> names_;
  std::vector<std::string> parts_;
};

}  // namespace lamplight
