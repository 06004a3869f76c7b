#include "import/byte_source.hpp"

#include <algorithm>
#include <cstring>

namespace lamplight::importer {

Result<std::size_t> FileSource::read(std::span<char> out) {
  auto got = file_.read_at(at_, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  if (got) at_ += *got;
  return got;
}

Result<std::size_t> TextSource::read(std::span<char> out) {
  const std::size_t n = std::min({out.size(), piece_, text_.size()});
  if (n > 0) std::memcpy(out.data(), text_.data(), n);
  text_.remove_prefix(n);
  return n;
}

}  // namespace lamplight::importer
