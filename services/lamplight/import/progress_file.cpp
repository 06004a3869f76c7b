#include "import/progress_file.hpp"

#include <fmt/core.h>

#include <charconv>
#include <vector>

#include "base/sha256.hpp"

namespace lamplight::importer {

namespace {

constexpr std::string_view kFirstLine = "lamplight import 1";
constexpr std::uint64_t kMaxBytes = 4096;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return lines;  // a line without end is no line of ours
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool number(const std::string& text, std::uint64_t& out) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc() && end == text.data() + text.size();
}

}  // namespace

ProgressFile::ProgressFile(Disk& disk, std::string folder, const std::string& file_digest,
                           const std::string& mapping_digest, const std::string& url)
    : disk_(disk),
      folder_(std::move(folder)),
      identity_(fmt::format("{} {} {}", file_digest, mapping_digest, url)) {
  const ChainHash name = sha256(as_bytes(identity_));
  path_ = fmt::format("{}/{}.progress", folder_, to_hex(name.span()).substr(0, 32));
}

std::optional<Progress> ProgressFile::load() const {
  if (folder_.empty() || !disk_.exists(path_)) return std::nullopt;
  const auto content = read_file(disk_, path_, kMaxBytes);
  if (!content) return std::nullopt;
  const auto lines = lines_of(*content);
  Progress progress;
  if (lines.size() != 5 || lines[0] != kFirstLine || lines[1] != identity_) return std::nullopt;
  if (!number(lines[2], progress.answered) || !number(lines[3], progress.refused))
    return std::nullopt;
  progress.last_id = lines[4];
  return progress;
}

Result<void> ProgressFile::save(const Progress& progress) {
  if (folder_.empty()) return {};
  if (auto made = disk_.make_folder(folder_); !made) return made;
  const std::string text = fmt::format("{}\n{}\n{}\n{}\n{}\n", kFirstLine, identity_,
                                       progress.answered, progress.refused, progress.last_id);
  return replace_file(disk_, path_, as_bytes(text));
}

void ProgressFile::forget() {
  if (!folder_.empty() && disk_.exists(path_)) (void)disk_.remove(path_);
}

}  // namespace lamplight::importer
