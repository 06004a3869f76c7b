#pragma once

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/civil.hpp"

/// Reads the tables of a document strictly: each key is known, each value fits, all mistakes are told with their line.
/// Includes toml++: for .cpp files alone.
namespace lamplight::inner {

class Mistakes {
 public:
  explicit Mistakes(std::string what) : what_(std::move(what)) {}
  void add(std::uint32_t line, std::string_view rule);
  [[nodiscard]] const std::vector<Error>& all() const { return all_; }

 private:
  std::string what_;
  std::vector<Error> all_;
};

/// Parses; what is no TOML at all is one mistake. toml++ throws: here it stops.
[[nodiscard]] std::optional<toml::table> parse_toml(std::string_view document, Mistakes& mistakes);

class TomlFields {
 public:
  TomlFields(const toml::table& table, std::string where, Mistakes& mistakes)
      : table_(table), where_(std::move(where)), mistakes_(mistakes) {}
  TomlFields(const TomlFields&) = delete;
  TomlFields& operator=(const TomlFields&) = delete;

  /// Last of all: keys that nobody asked for are mistakes.
  void finish();
  [[nodiscard]] bool has(std::string_view key);
  /// Nothing where it is missing (a mistake when `needed`) or no text of 1..64 printable bytes without spaces.
  [[nodiscard]] std::optional<std::string> key_text(std::string_view key, bool needed);
  /// A text of any kind.
  [[nodiscard]] std::optional<std::string> text(std::string_view key, bool needed);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t low,
                                                    std::int64_t high, bool needed);
  /// Texts of 1..64 bytes, at most `most`, none twice; sorted.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key, std::size_t most, bool needed);
  /// Keys as of key_text, in the order of the document.
  [[nodiscard]] std::vector<std::string> keys_in_order(std::string_view key, std::size_t most);
  [[nodiscard]] std::vector<Day> days(std::string_view key, std::size_t most);
  void inside(std::string_view key, bool needed, const std::function<void(TomlFields&)>& read);
  void list(std::string_view key, std::size_t most, const std::function<void(TomlFields&)>& read);
  /// Each key of this table with its text: for tables whose keys are data.
  void each_text(const std::function<void(const std::string& key, const std::string& value)>& read);
  void fail(std::string_view key, std::string_view rule);

 private:
  const toml::node* find(std::string_view key, bool needed);
  const toml::array* array(std::string_view key, std::size_t most, bool needed);

  const toml::table& table_;
  std::string where_;
  Mistakes& mistakes_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace lamplight::inner
