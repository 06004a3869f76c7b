#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "model/field_error.hpp"

namespace lamplight::importer {

/// FILE.rejects.ndjson: one object a refused alert, {"line", "row", "problems": [{"pointer", "rule", "hint"}]}, and no
/// value of it. The file is there only when something was refused. Threads: one.
class Rejects {
 public:
  /// `paths`: where the file may lie, best first; the first that can be written is taken. `append`: an earlier run's
  /// file is gone on with, else it goes.
  Rejects(Disk& disk, std::vector<std::string> paths, bool append);
  Rejects(Rejects&&) noexcept = default;

  /// Errors: kIo, kOverloaded (disk full), naming the file.
  [[nodiscard]] Result<void> add(std::uint64_t line, std::uint64_t row,
                                 const std::vector<FieldError>& problems);
  /// Errors: as `add`.
  [[nodiscard]] Result<void> flush();
  /// Empty while nothing was refused.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] Result<void> open();

  Disk* disk_;
  std::vector<std::string> paths_;
  bool append_;
  std::string path_;
  std::unique_ptr<File> file_;
  std::uint64_t size_ = 0;
  std::string waiting_;
};

}  // namespace lamplight::importer
