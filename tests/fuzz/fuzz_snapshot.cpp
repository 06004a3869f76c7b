#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "../unit/log/memory_disk.hpp"
#include "base/logging.hpp"
#include "base/sha256.hpp"
#include "runtime/snapshot.hpp"
#include "tally/state.hpp"

// A snapshot's file, as damage may leave it or as somebody forged it with the right digest. The first byte chooses: the
// file as it is, its header with what follows, or the body of tally's state under a header that is right.
namespace {

using namespace lamplight;
using namespace lamplight::runtime;

constexpr char kFolder[] = "snapshots/tally";
constexpr char kFile[] = "snapshots/tally/00000000000000000007.snap";
const SnapshotOwner kOwner{"tally", tally::TallyFold::kStateVersion, {}};

void require(bool holds) {
  if (!holds) std::abort();
}

std::string with_digest(Bytes bytes) {
  const std::size_t header =
      bytes.size() < 1 ? 0 : std::min<std::size_t>(bytes[0], bytes.size() - 1);
  const Bytes rest = bytes.subspan(std::min<std::size_t>(1, bytes.size()));
  std::string file = "LLSNAP01";
  for (int i = 0; i < 4; ++i) file.push_back(static_cast<char>((header >> (8 * i)) & 0xFF));
  file += as_text(sha256(rest).span());
  return file + std::string(as_text(rest));
}

// Whatever tally accepts, it saves in the same bytes again and again.
bool load(Bytes body) {
  tally::TallyFold fold;
  SnapshotReader in(body);
  fold.load(in);
  if (!in.ok() || !in.at_end()) return false;
  SnapshotWriter once;
  fold.save(once);
  tally::TallyFold again;
  SnapshotReader saved(once.bytes());
  again.load(saved);
  require(saved.ok() && saved.at_end());
  SnapshotWriter twice;
  again.save(twice);
  require(once.buffer() == twice.buffer());
  return true;
}

void read(log::test::MemoryDisk& disk) {
  SnapshotStore store(disk, kFolder, kOwner);
  const auto found = store.newest(Id16{}, Offset{100},
                                  [](const Snapshot& snapshot) { return load(snapshot.body()); });
  if (found) require(found->cut.offset <= Offset{100});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = [] {
    logging::init("critical");
    return true;
  }();
  (void)quiet;
  if (size == 0) return 0;
  const Bytes bytes(data + 1, size - 1);
  if (data[0] % 3 == 2) {
    log::test::MemoryDisk disk;
    SnapshotStore store(disk, kFolder, kOwner);
    require(store.write({{}, Offset{7}, TimeUs{7}, {}}, bytes).ok());
    read(disk);
    return 0;
  }
  log::test::MemoryDisk disk(
      {{kFile, data[0] % 3 == 0 ? std::string(as_text(bytes)) : with_digest(bytes)}});
  read(disk);
  return 0;
}
