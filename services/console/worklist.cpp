#include "console/worklist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "console/sight.hpp"

namespace lamplight::console {

namespace {

constexpr std::array<std::string_view, 4> kNames = {"mine", "overdue", "unassigned", "open"};
constexpr std::size_t kKeyDigits = 32;

/// An officer who is still one has it.
bool is_in_hand(const Case& one, const identity::Officers& officers) {
  const identity::Officer* holder =
      is_officer_key(one.now.owner) ? officers.find(one.now.owner) : nullptr;
  return holder != nullptr && !holder->revoked;
}

bool belongs(const Case& one, const identity::Officers& officers, const identity::Officer& officer,
             const Worklist& wanted) {
  if (!wanted.area.empty() && one.now.area != wanted.area) return false;
  if (wanted.kind == ListKind::kMine && !is_own(officer, one.now)) return false;
  if (wanted.kind == ListKind::kUnassigned && is_in_hand(one, officers)) return false;
  return may_see(officer, one);
}

}  // namespace

bool is_officer_key(std::string_view owner) {
  return owner.size() == kKeyDigits && std::all_of(owner.begin(), owner.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string_view to_string(ListKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

std::optional<ListKind> list_from(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ListKind>(found - kNames.begin());
}

std::string to_string(const ListPlace& place) {
  return fmt::format("{}.{}", place.first, place.second);
}

std::optional<ListPlace> place_from(std::string_view text) {
  ListPlace place{};
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, place.first);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, place.second);
  if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
  return place;
}

WorklistPage pick(const Cases& cases, const identity::Officers& officers,
                  const identity::Officer& officer, const Worklist& wanted, TimeUs now) {
  WorklistPage page;
  const Cases::Queue& open = cases.open();
  auto at = wanted.after ? open.upper_bound(*wanted.after) : open.begin();
  ListPlace last{};
  for (; at != open.end(); ++at) {
    if (wanted.kind == ListKind::kOverdue && at->first > now.value) break;
    const Case& one = cases.at(at->second);
    if (!belongs(one, officers, officer, wanted)) continue;
    if (page.cases.size() == wanted.most) {
      page.next = last;
      break;
    }
    page.cases.push_back(&one);
    last = *at;
  }
  return page;
}

}  // namespace lamplight::console
