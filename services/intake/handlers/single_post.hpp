#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "../batch.hpp"
#include "post_records.hpp"

namespace lamplight::intake {

/// A body that is one item: gathered whole, answered 202, 200 or with a problem.
/// Threads: the connection's, but for `answered`, which the core calls.
class SinglePost final : public BatchOwner, public std::enable_shared_from_this<SinglePost> {
 public:
  explicit SinglePost(PostHead head) : head_(std::move(head)) {}
  ~SinglePost() override { release_body(); }
  SinglePost(const SinglePost&) = delete;
  SinglePost& operator=(const SinglePost&) = delete;

  /// False when the body is refused: nothing more is wanted of it.
  [[nodiscard]] bool take(std::string_view piece);
  void end();
  void answered(BatchPtr batch) override;

 private:
  void release_body();

  PostHead head_;
  std::string body_;
  std::size_t counted_ = 0;  // of it, in PostContext::body_bytes
};

}  // namespace lamplight::intake
