#include "base/env.hpp"

#include <cstring>

namespace lamplight {

std::uint64_t Random::next_u64() {
  std::array<std::uint8_t, 8> raw{};
  fill(raw);
  std::uint64_t value = 0;
  std::memcpy(&value, raw.data(), sizeof value);
  return value;
}

Result<std::string> read_file(Disk& disk, const std::string& path, std::uint64_t limit) {
  auto file = disk.open(path, OpenMode::kRead);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > limit) {
    return Error(Code::kTooLarge, path + " has " + std::to_string(*size) + " bytes, the limit is " +
                                      std::to_string(limit));
  }
  std::string content(*size, '\0');
  const auto got =
      (*file)->read_at(0, {reinterpret_cast<std::uint8_t*>(content.data()), content.size()});
  if (!got) return got.error();
  content.resize(*got);
  return content;
}

Result<void> replace_file(Disk& disk, const std::string& path, Bytes content) {
  const std::string temporary = path + ".tmp";
  auto file = disk.open(temporary, OpenMode::kCreateOrTruncate);
  if (!file) return file.error();
  if (auto done = (*file)->write_at(0, content); !done) return done;
  if (auto done = (*file)->sync(); !done) return done;
  file.value().reset();
  if (auto done = disk.rename(temporary, path); !done) return done;
  const auto slash = path.rfind('/');
  return disk.sync_folder(slash == std::string::npos ? "." : path.substr(0, slash));
}

}  // namespace lamplight
