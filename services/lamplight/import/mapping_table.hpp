#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "import/toml_tree.hpp"

namespace lamplight::importer {

/// Remembers the first thing that is wrong in a mapping; what comes after it is read for nothing.
class Complaint {
 public:
  explicit Complaint(std::string file) : file_(std::move(file)) {}
  void say(std::uint32_t line, std::string_view key, std::string_view what);
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::string file_;
  std::optional<Error> error_;
};

using TextPairs = std::vector<std::pair<std::string, std::string>>;

/// A table of the mapping, read key by key; a key of the wrong kind is complained about. After the last one `finish`
/// complains about every key that nobody asked for.
class MappingTable {
 public:
  /// `table` must be a table (an empty one when the mapping has none) and outlive it.
  MappingTable(const TomlNode& table, std::string path, Complaint& complaint)
      : table_(table), path_(std::move(path)), complaint_(complaint) {}

  /// Null when absent.
  [[nodiscard]] const TomlNode* node(std::string_view key);
  /// The same, and a complaint when it is of another kind; then null.
  [[nodiscard]] const TomlNode* node(std::string_view key, TomlNode::Kind kind,
                                     std::string_view must_be);
  [[nodiscard]] std::optional<std::string> text(std::string_view key);
  [[nodiscard]] bool flag(std::string_view key, bool fallback);
  [[nodiscard]] std::uint64_t count(std::string_view key, std::uint64_t fallback,
                                    std::uint64_t most);
  /// One text or an array of texts.
  [[nodiscard]] std::vector<std::string> texts(std::string_view key);
  /// A table of texts, in the order of the file.
  [[nodiscard]] TextPairs pairs(std::string_view key);
  /// An array of [from, to].
  [[nodiscard]] TextPairs pair_list(std::string_view key);
  /// One of `allowed`; its index.
  [[nodiscard]] std::size_t choice(std::string_view key, const std::vector<std::string>& allowed,
                                   std::size_t fallback);
  void finish();

  /// Complains about a key of this table, or about the table where the key is absent.
  void say(std::string_view key, std::string_view what);
  [[nodiscard]] bool has(std::string_view key) const { return table_.find(key) != nullptr; }
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] const TomlNode& table() const { return table_; }
  [[nodiscard]] Complaint& complaint() { return complaint_; }

 private:
  const TomlNode& table_;
  std::string path_;
  Complaint& complaint_;
  std::vector<std::string> known_;
};

}  // namespace lamplight::importer
