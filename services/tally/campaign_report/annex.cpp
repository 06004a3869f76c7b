#include "tally/campaign_report/annex.hpp"

#include "tally/append_only.hpp"

namespace lamplight::tally {

namespace {

/// Goes on up to `as_of`; false when that takes more work than an answer may cost. Looks at the work every so many changes.
bool follow(const FactsView& view, Offset as_of, FollowedGangs& followed) {
  constexpr std::size_t kStep = 256;
  const auto& changes = view.changes[static_cast<std::size_t>(FactKind::kPersonReported)];
  const auto until = [&](Offset offset) {
    return first_after(changes.size(),
                       [&](std::size_t i) { return changes[i].offset <= offset.value; });
  };
  const std::size_t end = until(as_of);
  for (std::size_t at = until(followed.up_to); at + kStep < end; at += kStep) {
    if (followed.history->work() > kMaxFollowWork) return false;
    followed.up_to = Offset{changes[at + kStep].offset};
    followed.history->follow(view, followed.up_to);
  }
  if (followed.history->work() > kMaxFollowWork) return false;
  followed.up_to = as_of;
  followed.history->follow(view, as_of);
  return followed.history->work() <= kMaxFollowWork;
}

}  // namespace

GangsUnderReview gangs_under_review(const FactsView& view, Offset as_of, const GangRule& rule,
                                    FollowedGangs& kept) {
  FollowedGangs afresh;
  FollowedGangs& followed = kept.history && as_of < kept.up_to ? afresh : kept;
  if (!followed.history) followed.history.emplace(rule);
  if (follow(view, as_of, followed))
    return {followed.history->groups(view), followed.history->history(), true};
  GangHistory at_once(rule);
  at_once.leap(view, as_of);
  return {at_once.groups(view), at_once.history(), false};
}

ClearanceOperations clearance_operations(ClearanceBook& book, const std::string& campaign,
                                         TimeUs now) {
  ClearanceOperations found;
  std::vector<std::string> codes;
  for (const std::string& code : book.codes()) {
    const std::string of = book.campaign_of(code);
    if (of.empty()) found.of_no_campaign.push_back(code);
    if (campaign.empty() || of == campaign) codes.push_back(code);
  }
  const std::size_t before = codes.size() > kMaxOperations ? codes.size() - kMaxOperations : 0;
  found.left_out.assign(codes.begin(), codes.begin() + static_cast<std::ptrdiff_t>(before));
  for (std::size_t i = before; i < codes.size(); ++i)
    found.operations.push_back(book.operation(codes[i], now));
  return found;
}

}  // namespace lamplight::tally
