#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/env.hpp"
#include "base/result.hpp"

namespace lamplight::identity {

/// What is known of an officer outside the log: the name that they sign in with, and their password's hash.
struct DirectoryEntry {
  std::string name;
  std::string officer;  ///< key on the log
  std::string password_hash;

  friend bool operator==(const DirectoryEntry&, const DirectoryEntry&) = default;
};

/// The console's secrets file of officers, `secrets/officers.json` of the data folder: the one place of names. 0600; replaced as
/// a whole, so that a reader finds the old content or the new one.
class Directory {
 public:
  static constexpr std::size_t kMaxOfficers = 10'000;
  static constexpr std::size_t kMaxNameBytes = 64;

  [[nodiscard]] static std::string path_in(const std::string& data_folder);
  /// An empty one when the file is not there. Errors: kInvalid (what is wrong with the file), kIo.
  [[nodiscard]] static Result<Directory> load(Disk& disk, const std::string& path);
  /// Makes the folder when it is missing. What `load` would refuse is not written: nobody could sign in any more.
  /// Errors: kIo, kOverloaded (disk full), kInvalid (the file is as it was).
  [[nodiscard]] Result<void> save(Disk& disk, const std::string& path) const;

  /// 1 to 64 bytes of UTF-8 without control characters and blanks at the ends. Errors: kInvalid, kExists, kOverloaded (full).
  [[nodiscard]] Result<void> add(DirectoryEntry entry);
  /// False when there is no such name.
  bool remove(std::string_view name);
  [[nodiscard]] DirectoryEntry* by_name(std::string_view name);
  [[nodiscard]] const DirectoryEntry* by_name(std::string_view name) const;
  [[nodiscard]] const DirectoryEntry* by_officer(std::string_view key) const;
  [[nodiscard]] const std::vector<DirectoryEntry>& entries() const { return entries_; }

 private:
  /// What `save` wrote. Errors: kInvalid (what is wrong).
  [[nodiscard]] static Result<Directory> parse(std::string_view text);

  std::vector<DirectoryEntry> entries_;
};

}  // namespace lamplight::identity
