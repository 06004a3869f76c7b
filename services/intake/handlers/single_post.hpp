#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "../batch.hpp"
#include "post_alerts.hpp"

namespace lamplight::intake {

/// A body that is one alert: gathered whole, answered 202, 200 or with a problem.
/// Threads: the connection's, but for `answered`, which the core calls.
class SinglePost final : public BatchOwner, public std::enable_shared_from_this<SinglePost> {
 public:
  explicit SinglePost(PostHead head) : head_(std::move(head)) {}

  /// False when the body is refused: nothing more is wanted of it.
  [[nodiscard]] bool take(std::string_view piece);
  void end();
  void answered(Batch& batch) override;

 private:
  PostHead head_;
  std::string body_;
};

}  // namespace lamplight::intake
