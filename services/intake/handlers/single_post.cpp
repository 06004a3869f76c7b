#include "single_post.hpp"

#include <utility>

#include "../problems.hpp"
#include "../results.hpp"

namespace lamplight::intake {

bool SinglePost::take(std::string_view piece) {
  if (body_.size() + piece.size() > kMaxItemJsonBytes) {
    head_.refuse(item_too_large(head_.kind));
    return false;
  }
  counted_ += piece.size();
  const std::size_t before = head_.context->body_bytes.fetch_add(piece.size());
  if (before + piece.size() > head_.context->options.body_bytes) {
    head_.refuse(not_admitted(Admission::kFull));
    return false;
  }
  body_ += piece;
  return true;
}

void SinglePost::release_body() {
  body_ = {};
  head_.context->body_bytes.fetch_sub(std::exchange(counted_, 0));
}

void SinglePost::end() {
  const std::size_t size = body_.size();
  body_.append(kJsonPadding, '\0');
  auto batch = std::make_shared<Batch>();
  batch->kind = head_.kind;
  batch->partner = head_.context->options.partner;
  Id16 key;
  if (!head_.key.empty()) key = head_.context->secret.key(head_.kind, batch->partner, head_.key);
  std::unique_ptr<ItemReader> reader = head_.context->readers.take();
  reader->read(std::string_view(body_).substr(0, size), key, *batch);
  head_.context->readers.give_back(std::move(reader));
  release_body();
  if (batch->items.front().outcome == Outcome::kInvalid) return answered(std::move(batch));
  batch->owner = shared_from_this();
  head_.context->core.submit(std::move(batch));
}

void SinglePost::answered(BatchPtr batch) {
  head_.responder->answer(single_answer(*batch, batch->items.front(), head_.request_id));
}

}  // namespace lamplight::intake
