#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/env.hpp"

namespace lamplight::importer {

/// How far an import came, kept beside nothing it could be confused with: it counts only for the same file, mapping and
/// address. Lost or wrong it costs time, never an alert: what is sent again is a duplicate.
struct Progress {
  std::uint64_t answered = 0;  ///< alerts from the front of the file that have their final answer
  std::uint64_t refused = 0;   ///< of all that were answered
  std::string last_id;  ///< of an alert among them that is on the log; to ask whether it still is
};

/// The file of one import. Threads: one.
class ProgressFile {
 public:
  /// `folder` empty: nothing is kept. The name is made of the digests and the address.
  ProgressFile(Disk& disk, std::string folder, const std::string& file_digest,
               const std::string& mapping_digest, const std::string& url);

  /// Nothing when there is none, or it cannot be read, or it belongs to another import.
  [[nodiscard]] std::optional<Progress> load() const;
  /// Temporary name, then renamed. Errors: kIo, kOverloaded; an import goes on without.
  [[nodiscard]] Result<void> save(const Progress& progress);
  void forget();

 private:
  Disk& disk_;
  std::string folder_;
  std::string identity_;
  std::string path_;
};

}  // namespace lamplight::importer
