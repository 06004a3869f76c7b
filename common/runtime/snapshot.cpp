#include "runtime/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/logging.hpp"
#include "base/planted_bug.hpp"
#include "base/sha256.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::runtime {

namespace {

constexpr std::string_view kMagic = "LLSNAP01";
constexpr std::string_view kSuffix = ".snap";
constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kDigestAt = 12;
constexpr std::size_t kHeaderAt = 44;
constexpr std::uint64_t kMaxSnapshotBytes = 16ULL << 30;
constexpr std::size_t kKept = 2;

struct Header {
  SnapshotOwner owner;
  SnapshotCut cut;
  std::uint64_t body_bytes = 0;
};

std::string encode(const Header& header) {
  MsgpackWriter out;
  out.array(8);
  out.str(header.owner.service);
  out.uint(header.cut.offset.value);
  out.sint(header.cut.time.value);
  out.bin(header.cut.hash.span());
  out.bin(header.cut.log_id.span());
  out.uint(header.owner.state_version);
  out.bin(header.owner.subscription.span());
  out.uint(header.body_bytes);
  return out.take();
}

template <std::size_t N>
void read_fixed(MsgpackReader& in, std::array<std::uint8_t, N>& out) {
  const Bytes bytes = in.bin();
  if (bytes.size() != N) return in.fail();
  std::copy(bytes.begin(), bytes.end(), out.begin());
}

std::optional<Header> decode(Bytes bytes) {
  MsgpackReader in(bytes);
  Header header;
  if (in.array() != 8) return std::nullopt;
  header.owner.service = in.str();
  header.cut.offset.value = in.uint();
  header.cut.time.value = in.sint();
  read_fixed(in, header.cut.hash.bytes);
  read_fixed(in, header.cut.log_id.bytes);
  header.owner.state_version = static_cast<std::uint32_t>(in.uint());
  read_fixed(in, header.owner.subscription.bytes);
  header.body_bytes = in.uint();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return header;
}

std::uint32_t read_u32(Bytes bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = (value << 8) | bytes[i];
  return value;
}

void append_u32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
}

ChainHash digest_of(Bytes header, Bytes body) {
  Sha256 hash;
  hash.update(header);
  hash.update(body);
  return hash.finish();
}

/// Why a snapshot with an intact header is none of ours; empty when it is.
std::string mismatch(const Header& header, const SnapshotOwner& owner, const Id16& log_id,
                     Offset head) {
  if (header.owner.service != owner.service) return "made by service " + header.owner.service;
  if (header.cut.log_id != log_id) return "made on another log, " + to_uuid(header.cut.log_id);
  if (header.owner.state_version != owner.state_version) {
    return fmt::format("state version {}, this program has {}", header.owner.state_version,
                       owner.state_version);
  }
  if (header.owner.subscription != owner.subscription) return "made with another subscription";
  if (header.cut.offset > head) {
    return fmt::format("cut {} is beyond the log's head {}", header.cut.offset.value, head.value);
  }
  return {};
}

std::string name_of(Offset cut) { return fmt::format("{:020d}{}", cut.value, kSuffix); }

Result<void> write_whole(Disk& disk, const std::string& path, Bytes head, Bytes body) {
  auto file = disk.open(path, OpenMode::kCreateOrTruncate);
  if (!file) return file.error();
  if (auto done = (*file)->write_at(0, head); !done) return done;
  if (auto done = (*file)->write_at(head.size(), body); !done) return done;
  if (planted(Bug::kSnapshotUnsynced)) return {};
  return (*file)->sync();
}

}  // namespace

ChainHash subscription_hash(std::vector<std::string> subjects) {
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  MsgpackWriter out;
  out.array(static_cast<std::uint32_t>(subjects.size()));
  for (const std::string& subject : subjects) out.str(subject);
  return sha256(out.bytes());
}

SnapshotStore::SnapshotStore(Disk& disk, std::string folder, SnapshotOwner owner)
    : disk_(disk), folder_(std::move(folder)), owner_(std::move(owner)) {}

Result<std::uint64_t> SnapshotStore::write(const SnapshotCut& cut, Bytes body) {
  const std::string header = encode({owner_, cut, body.size()});
  std::string head(kMagic);
  append_u32(head, static_cast<std::uint32_t>(header.size()));
  head += as_text(digest_of(as_bytes(header), body).span());
  head += header;

  if (auto made = disk_.make_folder(folder_); !made) return made.error().with("snapshot");
  if (reserve_bytes_ > 0) {
    const auto free = disk_.free_bytes(folder_);
    if (free && *free < reserve_bytes_ + head.size() + body.size()) {
      return Error(Code::kOverloaded,
                   fmt::format("snapshot {}: {} bytes free, {} and the log's reserve of {} are "
                               "needed; make room on the disk",
                               folder_, *free, head.size() + body.size(), reserve_bytes_));
    }
  }
  const std::string path = folder_ + "/" + name_of(cut.offset);
  const std::string temporary = path + ".tmp";
  if (auto done = write_whole(disk_, temporary, as_bytes(head), body); !done) {
    // A full disk is the likeliest cause: what was written must not take the room that is left.
    (void)disk_.remove(temporary);
    return done.error().with("snapshot");
  }
  if (auto done = disk_.rename(temporary, path); !done) return done.error().with("snapshot");
  if (auto done = disk_.sync_folder(folder_); !done) return done.error().with("snapshot");
  remove_old(cut.offset);
  return head.size() + body.size();
}

std::optional<Snapshot> SnapshotStore::newest(const Id16& log_id, Offset head,
                                              const std::function<bool(const Snapshot&)>& usable) {
  const std::vector<std::string> found = names();
  for (auto name = found.rbegin(); name != found.rend(); ++name) {
    auto snapshot = read(*name, log_id, head);
    if (!snapshot) {
      logging::warning("snapshot ignored service={} file={} why=\"{}\"", owner_.service,
                       folder_ + "/" + *name, snapshot.error().message());
      continue;
    }
    if (usable(*snapshot)) return std::move(snapshot).value();
    logging::warning("snapshot ignored service={} file={} why=\"the state does not load\"",
                     owner_.service, folder_ + "/" + *name);
  }
  return std::nullopt;
}

void SnapshotStore::drop(Offset cut) { remove(name_of(cut)); }

Result<Snapshot> SnapshotStore::read(const std::string& name, const Id16& log_id, Offset head) {
  auto content = read_file(disk_, folder_ + "/" + name, kMaxSnapshotBytes);
  if (!content) return content.error();
  const Bytes bytes = as_bytes(*content);
  const auto damaged = [](std::string what) { return Error(Code::kDamaged, std::move(what)); };
  if (bytes.size() < kHeaderAt || as_text(bytes.first(kMagic.size())) != kMagic) {
    return damaged("no snapshot of format 1");
  }
  const std::size_t header_bytes = read_u32(bytes.subspan(kLengthAt));
  if (header_bytes > bytes.size() - kHeaderAt) return damaged("cut off inside its header");
  const Bytes header_part = bytes.subspan(kHeaderAt, header_bytes);
  const Bytes body = bytes.subspan(kHeaderAt + header_bytes);

  // Cheap questions first: a snapshot that is not ours need not be hashed. The digest covers the header as well.
  const auto header = decode(header_part);
  if (!header) return damaged("its header cannot be read");
  if (const std::string why = mismatch(*header, owner_, log_id, head); !why.empty()) {
    return Error(Code::kNotFound, why);
  }
  if (header->body_bytes != body.size()) {
    return damaged(fmt::format("{} bytes of state instead of {}", body.size(), header->body_bytes));
  }
  if (as_text(digest_of(header_part, body).span()) !=
      as_text(bytes.subspan(kDigestAt, kHeaderAt - kDigestAt))) {
    return damaged("its digest differs");
  }
  Snapshot snapshot;
  snapshot.cut = header->cut;
  snapshot.body_at = kHeaderAt + header_bytes;
  snapshot.file_bytes = std::move(content).value();
  return snapshot;
}

std::vector<std::string> SnapshotStore::names() {
  std::vector<std::string> out;
  const auto all = disk_.list(folder_);
  if (!all) {
    if (all.error().code() != Code::kNotFound) {
      logging::warning("snapshots not listed service={} why=\"{}\"", owner_.service,
                       all.error().message());
    }
    return out;
  }
  for (const std::string& name : *all) {
    if (name.ends_with(kSuffix)) out.push_back(name);
  }
  return out;  // the names have a fixed width, so sorted by name is sorted by cut
}

// Besides all but the newest two go: what a crash left under a temporary name, and snapshots beyond `cut`, which the
// restore has found unusable (else we would be past them) and which would count as the newest for ever.
void SnapshotStore::remove_old(Offset cut) {
  const std::string newest = name_of(cut);
  std::vector<std::string> old;
  std::vector<std::string> kept;
  const auto all = disk_.list(folder_);
  if (!all) return;
  for (const std::string& name : *all) {
    if (name.ends_with(".snap.tmp") || (name.ends_with(kSuffix) && name > newest)) {
      old.push_back(name);
    } else if (name.ends_with(kSuffix)) {
      kept.push_back(name);
    }
  }
  if (kept.size() > kKept) {
    old.insert(old.end(), kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(kKept));
  }
  for (const std::string& name : old) remove(name);
}

void SnapshotStore::remove(const std::string& name) {
  if (auto done = disk_.remove(folder_ + "/" + name); !done) {
    logging::warning("snapshot not removed service={} why=\"{}\"", owner_.service,
                     done.error().message());
  }
}

}  // namespace lamplight::runtime
