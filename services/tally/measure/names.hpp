#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tally/measure/records.hpp"

namespace lamplight::tally {

/// Words that a definition uses, found among the codes of the log as these appear. Numbers of words that a definition makes
/// (groups, splits) have the highest bit set, so they never meet those of codes.
class Names {
 public:
  static constexpr std::uint32_t kNowhere = 0xFFFF'FFFF;
  static constexpr std::uint32_t kMade = 0x8000'0000;

  /// A word to look out for. `code` tells its number on the log.
  [[nodiscard]] std::uint32_t watch(const std::string& word);
  [[nodiscard]] TextId code(std::uint32_t watched) const { return codes_[watched]; }
  /// A number for a word of the definition.
  [[nodiscard]] std::uint32_t make(const std::string& word);
  /// Looks through the codes that came since the last call. Changes `version` when a watched word was among them.
  void learn(const Records& records);
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] std::string text(const Records& records, std::uint32_t number) const;

 private:
  std::unordered_map<std::string, std::uint32_t> watched_;
  std::vector<TextId> codes_;
  std::vector<std::string> words_;
  std::vector<std::string> made_;
  std::unordered_map<std::string, std::uint32_t> made_numbers_;
  std::size_t learned_ = 0;
  std::uint64_t version_ = 1;
};

}  // namespace lamplight::tally
