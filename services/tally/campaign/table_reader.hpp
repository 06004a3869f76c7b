#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "tally/campaign/definition.hpp"

namespace lamplight::tally {

/// Mistakes of a campaign's document, in the order in which they were met; the first hundred.
class Problems {
 public:
  void add(std::uint32_t line, std::string_view key, std::string_view rule);
  [[nodiscard]] const std::vector<Error>& all() const { return all_; }

 private:
  std::vector<Error> all_;
};

/// Reads the keys of one TOML table and notes what does not fit, with its line. Includes toml++: for .cpp files alone.
class TableReader {
 public:
  TableReader(const toml::table& table, std::string where, Problems& problems)
      : table_(table), where_(std::move(where)), problems_(problems) {}
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  /// To be called last: keys that nobody asked for are mistakes.
  void finish();
  [[nodiscard]] bool has(std::string_view key) { return find(key) != nullptr; }
  void text(std::string_view key, std::string& out, std::size_t most = 512);
  void required(std::string_view key, std::string& out);
  /// Letters, digits, . _ - up to `most`.
  void name(std::string_view key, std::string& out, std::size_t most = 64);
  /// zh and en; where one is left out it is the other.
  void words(Words& out);
  void integer(std::string_view key, std::int64_t& out, std::int64_t low, std::int64_t high);
  void flag(std::string_view key, bool& out);
  /// A TOML date, or a text of the same form.
  [[nodiscard]] std::optional<Day> day(std::string_view key);
  void texts(std::string_view key, std::vector<std::string>& out, std::size_t most = 500);
  void tables(std::string_view key, std::vector<Dimensions>& out);
  void filter(std::string_view key, Filter& out);
  /// A table inside this one; nothing done when it is not there.
  void inside(std::string_view key, const std::function<void(TableReader&)>& read);
  /// Each table of the list `key`, at most `most`.
  void list(std::string_view key, std::size_t most, const std::function<void(TableReader&)>& read);
  void fail(std::string_view key, std::string_view rule);
  /// Says that `name` under `key` is none of `known`.
  void fail_unknown(std::string_view key, std::string_view name, std::string_view what,
                    const std::vector<std::string>& known);
  [[nodiscard]] std::uint32_t line() const { return table_.source().begin.line; }

 private:
  const toml::node* find(std::string_view key);
  const toml::array* array(std::string_view key, std::size_t most);
  [[nodiscard]] std::uint32_t line_of(std::string_view key) const;

  const toml::table& table_;
  std::string where_;
  Problems& problems_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace lamplight::tally
