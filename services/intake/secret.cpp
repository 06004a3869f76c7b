#include "secret.hpp"

#include <sodium.h>

#include <algorithm>
#include <optional>

namespace lamplight::intake {

namespace {
constexpr std::string_view kFileName = "/intake.key";

Result<Secret> from_text(std::string_view text, const std::string& path) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  const std::optional<std::string> raw = from_hex(text);
  if (!raw || raw->size() != 32) {
    return Error(Code::kInvalid,
                 path + ": not 64 hex digits; restore it from the backup that belongs to this log");
  }
  std::array<std::uint8_t, 32> bytes{};
  std::copy(raw->begin(), raw->end(), bytes.begin());
  return Secret(bytes);
}
}  // namespace

Result<Secret> Secret::load(const Env& env, const std::string& folder) {
  const std::string path = folder + std::string(kFileName);
  if (env.disk.exists(path)) {
    const Result<std::string> text = read_file(env.disk, path, 1024);
    if (!text) return text.error();
    return from_text(*text, path);
  }
  std::array<std::uint8_t, 32> bytes{};
  env.random.fill(bytes);
  if (const Result<void> made = env.disk.make_folder(folder); !made) return made.error();
  const std::string text = to_hex(bytes) + "\n";
  if (const Result<void> written = replace_file(env.disk, path, as_bytes(text)); !written)
    return written.error();
  return Secret(bytes);
}

Id16 Secret::name(std::initializer_list<std::string_view> parts) const {
  crypto_generichash_state state;
  crypto_generichash_init(&state, bytes_.data(), bytes_.size(), 16);
  for (const std::string_view part : parts) {
    std::array<std::uint8_t, 4> length{};
    for (std::size_t i = 0; i < 4; ++i)
      length[i] = static_cast<std::uint8_t>(part.size() >> (8 * i));
    crypto_generichash_update(&state, length.data(), length.size());
    crypto_generichash_update(&state, as_bytes(part).data(), part.size());
  }
  Id16 out;
  crypto_generichash_final(&state, out.bytes.data(), out.bytes.size());
  return out;
}

// Names of alerts are as they were before there were other kinds: logs are full of them. Those of the other kinds have a
// part more, which nothing without it can be like.

Id16 Secret::reference(Kind kind, std::string_view partner, std::string_view partner_ref) const {
  if (kind == Kind::kAlert) return reference(partner, partner_ref);
  return name({"reference", info_of(kind).subject, partner, partner_ref});
}

Id16 Secret::key(Kind kind, std::string_view partner, std::string_view key) const {
  if (kind == Kind::kAlert) return name({"key", partner, key});
  return name({"key", info_of(kind).subject, partner, key});
}

Id16 Secret::key(Kind kind, std::string_view partner, std::string_view key,
                 std::uint64_t index) const {
  if (kind == Kind::kAlert) return name({"item", partner, key, std::to_string(index)});
  return name({"item", info_of(kind).subject, partner, key, std::to_string(index)});
}

Id16 Secret::digest(Bytes body) const {
  Id16 out;
  crypto_generichash(out.bytes.data(), out.bytes.size(), body.data(), body.size(), bytes_.data(),
                     bytes_.size());
  return out;
}

}  // namespace lamplight::intake
