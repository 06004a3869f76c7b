#include "console/worklist.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

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

/// The command that the step of this state is done by.
std::optional<identity::Command> step_command(std::string_view state) {
  using identity::Command;
  if (state == "verification") return Command::kVerification;
  if (state == "case_review") return Command::kReview;
  if (state == "feedback" || state == "rework") return Command::kFeedback;
  return identity::command_from(state);
}

/// Whom the cases of a list wait for.
class Waiting {
 public:
  Waiting(const identity::Officers& officers, const identity::Officer& officer)
      : officers_(officers.all()), officer_(officer) {}

  /// It names the officer; or it waits for a unit of theirs and they may do the step; or for one where nobody may, and
  /// they may do it on any case.
  [[nodiscard]] bool for_officer(const CaseView& view) {
    if (!view.open()) return false;
    if (view.owner == officer_.key) return true;
    const auto command = step_command(view.state);
    if (!command) return is_own(officer_, view);
    const identity::Reach may = reach(officer_.roles, *command);
    if (is_own(officer_, view)) return may != identity::Reach::kNone;
    return may == identity::Reach::kAny && !is_officer_key(view.owner) &&
           !somebody_may(view.owner, *command);
  }

 private:
  bool somebody_may(const std::string& unit, identity::Command command) {
    const auto [found, is_new] = known_.try_emplace({unit, command}, false);
    if (is_new) {
      found->second =
          std::any_of(officers_.begin(), officers_.end(), [&](const identity::Officer* one) {
            return !one->revoked && one->in_unit(unit) &&
                   reach(one->roles, command) != identity::Reach::kNone;
          });
    }
    return found->second;
  }

  const std::vector<const identity::Officer*> officers_;
  const identity::Officer& officer_;
  std::map<std::pair<std::string, identity::Command>, bool> known_;
};

bool belongs(const Case& one, const identity::Officers& officers, const identity::Officer& officer,
             const Worklist& wanted, Waiting& waiting) {
  if (!wanted.area.empty() && one.now.area != wanted.area) return false;
  if (wanted.kind == ListKind::kMine && !waiting.for_officer(one.now)) return false;
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
  Waiting waiting(officers, officer);
  auto at = wanted.after ? open.upper_bound(*wanted.after) : open.begin();
  ListPlace last{};
  for (; at != open.end(); ++at) {
    if (wanted.kind == ListKind::kOverdue && at->first > now.value) break;
    const Case& one = cases.at(at->second);
    if (!belongs(one, officers, officer, wanted, waiting)) continue;
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
