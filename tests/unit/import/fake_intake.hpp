#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "import/transport.hpp"

namespace lamplight::importer {

/// A clock that moves only when somebody waits.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] TimeUs wall() const override {
    return {now_us + 1'700'000'000'000'000};  // November 2023
  }
  [[nodiscard]] std::int64_t monotonic_us() const override { return now_us; }
  std::int64_t now_us = 1'000'000;
};

/// Intake as the importer sees it: answers each post by `answer`, the last one first, and remembers what came.
class FakeIntake final : public Transport {
 public:
  struct Post {
    std::uint64_t id = 0;
    std::string body;
    std::string key;
    std::int64_t at_us = 0;
  };
  using Answer = std::function<Reply(const Post&)>;

  explicit FakeIntake(ManualClock& clock) : clock_(clock) {}

  void post(std::uint64_t id, std::string_view body, const std::string& key) override {
    posts.push_back({id, std::string(body), key, clock_.now_us});
    waiting_.push_back(posts.back());
    most_under_way = std::max(most_under_way, waiting_.size());
  }
  std::vector<Reply> wait(std::int64_t timeout_ms) override {
    if (timeout_ms == 0) return {};
    clock_.now_us += waiting_.empty() ? timeout_ms * 1000 : 1000;
    std::vector<Reply> replies;
    if (waiting_.empty()) return replies;
    const Post post = waiting_.back();
    waiting_.pop_back();
    replies.push_back(answer(post));
    replies.back().id = post.id;
    return replies;
  }

  static std::size_t items(const Post& post) {
    return static_cast<std::size_t>(std::count(post.body.begin(), post.body.end(), '\n'));
  }
  /// Every item of the post with one status; `id` of the alert is its line in the post.
  static Reply all(const Post& post, unsigned status, const std::string& more = "") {
    Reply reply;
    reply.status = 207;
    for (std::size_t i = 0; i < items(post); ++i) {
      reply.body += "{\"index\":" + std::to_string(i) + ",\"status\":" + std::to_string(status) +
                    ",\"id\":\"id-" + std::to_string(post.id) + "-" + std::to_string(i) + "\"" +
                    more + "}\n";
    }
    return reply;
  }
  static Reply later(long status, std::int64_t retry_after_ms = -1) {
    Reply reply;
    reply.status = status;
    reply.retry_after_ms = retry_after_ms;
    reply.body = R"({"title":"Too much is under way","detail":"Send it again."})";
    return reply;
  }

  Answer answer = [](const Post& post) { return all(post, 202); };
  std::vector<Post> posts;
  std::size_t most_under_way = 0;

 private:
  ManualClock& clock_;
  std::deque<Post> waiting_;
};

}  // namespace lamplight::importer
