#include "import/rejects.hpp"

#include <fmt/core.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace lamplight::importer {

namespace {
constexpr std::size_t kFlushBytes = 64U << 10;
}

Rejects::Rejects(Disk& disk, std::vector<std::string> paths, bool append)
    : disk_(&disk), paths_(std::move(paths)), append_(append) {
  if (append_) return;
  // What an earlier run refused is no longer true. A file that cannot go is written over when it is needed.
  for (const std::string& path : paths_) {
    if (disk_->exists(path)) (void)disk_->remove(path);
  }
}

Result<void> Rejects::add(std::uint64_t line, std::uint64_t row,
                          const std::vector<FieldError>& problems) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto put = [&json](const char* key, const std::string& text) {
    json.Key(key);
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  };
  json.StartObject();
  json.Key("line");
  json.Uint64(line);
  json.Key("row");
  json.Uint64(row);
  json.Key("problems");
  json.StartArray();
  for (const FieldError& problem : problems) {
    json.StartObject();
    put("pointer", problem.pointer);
    put("rule", problem.rule);
    put("hint", problem.hint);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  waiting_.append(buffer.GetString(), buffer.GetSize());
  waiting_.push_back('\n');
  return waiting_.size() < kFlushBytes ? Result<void>() : flush();
}

Result<void> Rejects::flush() {
  if (waiting_.empty()) return {};
  if (!file_) {
    if (auto opened = open(); !opened) return opened;
  }
  if (auto written = file_->write_at(size_, as_bytes(waiting_)); !written)
    return written.error().with(path_);
  size_ += waiting_.size();
  waiting_.clear();
  return {};
}

Result<void> Rejects::open() {
  std::string reasons;
  for (const std::string& path : paths_) {
    const bool go_on = append_ && disk_->exists(path);
    auto file = disk_->open(path, go_on ? OpenMode::kReadWrite : OpenMode::kCreateOrTruncate);
    if (file && go_on) {
      auto size = (*file)->size();
      if (!size) return size.error().with(path);
      size_ = *size;
    }
    if (file) {
      file_ = std::move(*file);
      path_ = path;
      return {};
    }
    reasons += (reasons.empty() ? "" : "; ") + file.error().message();
  }
  return Error(
      Code::kIo,
      fmt::format("what was refused can be written nowhere: {}; name a file: --rejects FILE",
                  reasons));
}

}  // namespace lamplight::importer
