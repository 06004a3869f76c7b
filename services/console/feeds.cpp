#include "console/feeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "console/case_json.hpp"
#include "console/sight.hpp"

namespace lamplight::console {

bool Feeds::open(http::ResponderPtr responder, const std::string& officer, std::string token,
                 Offset after, std::int64_t now_us) {
  const auto theirs = std::count_if(feeds_.begin(), feeds_.end(),
                                    [&](const Feed& feed) { return feed.officer == officer; });
  if (feeds_.size() >= options_.most || static_cast<std::size_t>(theirs) >= options_.per_officer)
    return false;
  http::Response head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("Cache-Control", "no-store");
  responder->begin(std::move(head));
  Feed feed;
  feed.responder = std::move(responder);
  feed.officer = officer;
  feed.token = std::move(token);
  feed.after = after;
  send(feed, "retry: 2000\n\n", now_us);
  feeds_.push_back(std::move(feed));
  return true;
}

bool Feeds::advance(const ConsoleState& state, std::int64_t now_us) {
  feeds_.remove_if([&](const Feed& feed) { return !live(feed); });
  std::size_t left = options_.changes_a_round;
  bool behind = false;
  for (Feed& feed : feeds_) {
    left -= write(feed, state, left, now_us);
    behind = behind || (!*feed.full &&
                        state.cases().changes_after(feed.after) < state.cases().changes().size());
  }
  // Another one comes first in the next round.
  if (!feeds_.empty()) feeds_.splice(feeds_.end(), feeds_, feeds_.begin());
  return behind;
}

void Feeds::end_all() {
  for (Feed& feed : feeds_) feed.responder->end();
  feeds_.clear();
}

bool Feeds::live(const Feed& feed) const {
  if (feed.responder->gone()) return false;
  if (who_(feed.token) != nullptr) return true;
  feed.responder->end();
  return false;
}

std::size_t Feeds::write(Feed& feed, const ConsoleState& state, std::size_t may,
                         std::int64_t now_us) {
  if (*feed.full) return 0;
  const identity::Officer* officer = who_(feed.token);
  const Cases& cases = state.cases();
  const std::size_t from = cases.changes_after(feed.after);
  const std::size_t until = std::min(cases.changes().size(), from + may);
  std::string text;
  std::size_t at = from;
  while (at < until && text.size() < options_.unsent_bytes) {
    const Cases::Change& change = cases.changes()[at++];
    feed.after = change.offset;
    const Case& one = cases.at(change.index);
    if (!may_see(*officer, one)) continue;
    const HistoryEntry& entry = one.history[change.number];
    text += fmt::format("id: {}\nevent: {}\ndata: {}\n\n", entry.offset.value, entry.subject,
                        to_json(entry));
  }
  if (text.empty() && now_us - feed.written_at_us >= options_.beat_us) text = ": here\n\n";
  if (!text.empty()) send(feed, std::move(text), now_us);
  return at - from;
}

void Feeds::send(Feed& feed, std::string text, std::int64_t now_us) {
  feed.written_at_us = now_us;
  if (feed.responder->write(std::move(text)) < options_.unsent_bytes) return;
  *feed.full = true;
  feed.responder->when_below(options_.unsent_bytes / 2,
                             [post = post_, full = feed.full] { post([full] { *full = false; }); });
}

}  // namespace lamplight::console
