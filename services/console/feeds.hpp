#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "console/state.hpp"
#include "http/server.hpp"
#include "identity/officers.hpp"

namespace lamplight::console {

/// Server-sent events: every change of a case that the officer may see, in log order, with its offset as id, so that a
/// reader that comes back with Last-Event-ID misses none and sees none twice.
/// A slow reader falls behind in the projection, not in memory: it is written to while less than `unsent_bytes` wait.
/// Threads: the core's; what the server tells comes through `post`.
class Feeds {
 public:
  struct Options {
    std::size_t most = 256;
    std::size_t per_officer = 8;
    std::int64_t beat_us =
        15'000'000;  ///< a comment, so that both ends notice when the other is gone
    std::size_t unsent_bytes = 256U << 10;
    /// Looked at in a round, by all feeds together: those that come back from afar hold up nobody else.
    std::size_t changes_a_round = 4096;
  };
  /// The officer that the token stands for now; null ends the feed.
  using Who = std::function<const identity::Officer*(std::string_view token)>;
  using Post = std::function<void(std::function<void()>)>;

  Feeds(Options options, Who who, Post post)
      : options_(options), who_(std::move(who)), post_(std::move(post)) {}

  /// False: there are as many as there may be, of this officer or in all; nothing was answered.
  [[nodiscard]] bool open(http::ResponderPtr responder, const std::string& officer,
                          std::string token, Offset after, std::int64_t now_us);
  /// Once a round. True: some are behind, and not for want of a reader.
  bool advance(const ConsoleState& state, std::int64_t now_us);
  void end_all();
  [[nodiscard]] std::size_t open() const { return feeds_.size(); }

 private:
  struct Feed {
    http::ResponderPtr responder;
    std::string officer;
    std::string token;
    Offset after;
    std::int64_t written_at_us = 0;
    std::shared_ptr<bool> full = std::make_shared<bool>(false);
  };
  [[nodiscard]] bool live(const Feed& feed) const;
  /// Sends what is new, looking at no more than `may` changes; how many those were.
  std::size_t write(Feed& feed, const ConsoleState& state, std::size_t may, std::int64_t now_us);
  void send(Feed& feed, std::string text, std::int64_t now_us);

  Options options_;
  Who who_;
  Post post_;
  std::list<Feed> feeds_;
};

}  // namespace lamplight::console
