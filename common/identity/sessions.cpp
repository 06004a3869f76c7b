#include "identity/sessions.hpp"

#include <sodium.h>

#include <array>
#include <utility>

namespace lamplight::identity {

namespace {

constexpr std::size_t kTokenBytes = 32;

std::string hash_of(std::string_view token) {
  std::array<std::uint8_t, 32> out{};
  crypto_generichash(out.data(), out.size(), as_bytes(token).data(), token.size(), nullptr, 0);
  return std::string(as_text(out));
}

}  // namespace

std::string Sessions::open(Known known, std::int64_t now_us) {
  sweep(now_us);
  make_room(known.officer);
  std::array<std::uint8_t, kTokenBytes> bytes{};
  random_.fill(bytes);
  std::string token = to_hex(bytes);
  sessions_.emplace(hash_of(token),
                    Session{std::move(known), now_us + options_.lifetime_us, ++opened_});
  return token;
}

std::optional<Sessions::Known> Sessions::find(std::string_view token, std::int64_t now_us) const {
  if (token.size() != 2 * kTokenBytes) return std::nullopt;
  // Found by its hash: the time that this takes tells nothing of any token.
  const auto found = sessions_.find(hash_of(token));
  if (found == sessions_.end() || found->second.ends_us <= now_us) return std::nullopt;
  return found->second.known;
}

void Sessions::close(std::string_view token) { sessions_.erase(hash_of(token)); }

void Sessions::sweep(std::int64_t now_us) {
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second.ends_us <= now_us; });
}

void Sessions::make_room(const std::string& officer) {
  const auto drop_oldest = [this](auto&& counts, std::size_t most) {
    std::size_t held = 0;
    auto oldest = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
      if (!counts(at->second)) continue;
      ++held;
      if (oldest == sessions_.end() || at->second.number < oldest->second.number) oldest = at;
    }
    if (held >= most) sessions_.erase(oldest);
  };
  drop_oldest([&](const Session& each) { return each.known.officer == officer; },
              options_.per_officer);
  drop_oldest([](const Session&) { return true; }, options_.all);
}

}  // namespace lamplight::identity
