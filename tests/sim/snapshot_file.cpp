#include "snapshot_file.hpp"

#include "base/sha256.hpp"

namespace lamplight::simtest {

std::string why_not_whole(const std::string& file) {
  constexpr std::size_t kDigestAt = 12;
  constexpr std::size_t kHeaderAt = 44;
  if (file.size() < kHeaderAt || !file.starts_with("LLSNAP01")) return "it has no head";
  const Bytes bytes = as_bytes(file);
  const ChainHash digest = sha256(bytes.subspan(kHeaderAt));
  if (as_text(digest.span()) != as_text(bytes.subspan(kDigestAt, 32))) return "its digest differs";
  return {};
}

}  // namespace lamplight::simtest
