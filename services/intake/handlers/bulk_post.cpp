#include "bulk_post.hpp"

#include <utility>

#include "../problems.hpp"
#include "../results.hpp"

namespace lamplight::intake {

namespace {
constexpr std::size_t kPieceBytes = 64U << 10;  // of results, once they are being sent
}  // namespace

std::optional<BulkPlace> BulkPlace::take(PostContext& context) {
  if (context.bulk.fetch_add(1) < context.options.bulk_requests) return BulkPlace(context);
  context.bulk.fetch_sub(1);
  return std::nullopt;
}

BulkPlace::~BulkPlace() {
  if (context_ != nullptr) context_->bulk.fetch_sub(1);
}

BulkPost::BulkPost(PostHead head, BulkForm form, BulkPlace place)
    : head_(std::move(head)),
      form_(form),
      content_type_(form == BulkForm::kArray ? "application/json" : "application/x-ndjson"),
      splitter_(form == BulkForm::kArray ? http::ItemSplitter::Format::kJson
                                         : http::ItemSplitter::Format::kNdjson,
                http::ItemSplitter::Limits{kMaxItemJsonBytes, kMaxItemJsonDepth}),
      place_(std::move(place)) {}

// ---- the body, on the connection's thread --------------------------------------------------------

void BulkPost::take(std::string_view piece, std::function<void()> resume) {
  if (stopped_) return;
  if (head_.context->core.admission() == Admission::kDraining)
    return stop(not_admitted(Admission::kDraining));
  std::unique_ptr<ItemReader> reader = head_.context->readers.take();
  const Result<void> split = splitter_.feed(
      piece, [&](const http::ItemSplitter::Item& item) { read_item(*reader, item); });
  head_.context->readers.give_back(std::move(reader));
  hand_over();
  if (!split) return stop(body_cut(split.error().message()));

  std::function<void()> go_on;
  {
    const std::lock_guard lock(mutex_);
    resume_ = std::move(resume);
    go_on = take_resume();
  }
  if (go_on) go_on();
}

void BulkPost::end() {
  if (stopped_) return;
  std::unique_ptr<ItemReader> reader = head_.context->readers.take();
  const Result<void> split =
      splitter_.finish([&](const http::ItemSplitter::Item& item) { read_item(*reader, item); });
  head_.context->readers.give_back(std::move(reader));
  hand_over();
  if (!split) return stop(body_cut(split.error().message()));
  const std::lock_guard lock(mutex_);
  body_done_ = true;
  finish_if_done();
}

void BulkPost::abort() {
  stopped_ = true;
  const std::lock_guard lock(mutex_);
  resume_ = nullptr;
  body_done_ = finished_ = true;
}

void BulkPost::cut(std::string_view why) {
  if (!stopped_) stop(body_cut(std::string(why)));
}

/// What came before stays accepted and is reported; the last result names the problem.
void BulkPost::stop(const http::Problem& problem) {
  stopped_ = true;
  const std::lock_guard lock(mutex_);
  last_ = problem;
  body_done_ = true;
  finish_if_done();
}

Id16 BulkPost::key_of(std::uint64_t index) const {
  if (head_.key.empty()) return {};
  return head_.context->secret.key(head_.kind, head_.context->options.partner, head_.key, index);
}

void BulkPost::read_item(ItemReader& reader, const http::ItemSplitter::Item& item) {
  if (!filling_) {
    filling_ = std::make_shared<Batch>();
    filling_->kind = head_.kind;
    filling_->partner = head_.context->options.partner;
    filling_->first_index = next_index_;
    filling_->items.reserve(128);
  }
  if (item.error == nullptr) {
    reader.read(item.text, key_of(next_index_), *filling_);
  } else {
    const bool too_large = item.error->code() == Code::kTooLarge;
    ItemReader::refuse(too_large ? item_too_large(head_.kind) : not_json(item.error->message()),
                       *filling_);
  }
  ++next_index_;
  if (filling_->items.size() >= head_.context->options.batch_items) hand_over();
}

void BulkPost::hand_over() {
  if (!filling_) return;
  BatchPtr batch = std::move(filling_);
  filling_ = nullptr;
  batch->owner = shared_from_this();
  {
    const std::lock_guard lock(mutex_);
    flights_.push_back({batch.get(), nullptr});
    under_way_ += batch->items.size();
    bytes_under_way_ += batch->payloads.size();
  }
  head_.context->core.submit(std::move(batch));
}

// ---- the answers, on the core's thread -----------------------------------------------------------

void BulkPost::answered(BatchPtr batch) {
  std::function<void()> go_on;
  {
    const std::lock_guard lock(mutex_);
    for (Flight& flight : flights_) {
      if (flight.asked == batch.get()) flight.answered = batch;
    }
    // Results go in the order of the body, also when a later batch is done first.
    while (!flights_.empty() && flights_.front().answered) {
      const BatchPtr done = std::move(flights_.front().answered);
      flights_.pop_front();
      under_way_ -= done->items.size();
      bytes_under_way_ -= done->payloads.size();
      append_results(*done);
    }
    finish_if_done();
    go_on = take_resume();
  }
  if (go_on) go_on();
}

std::function<void()> BulkPost::take_resume() {
  const PostOptions& options = head_.context->options;
  if (!resume_ || client_slow_ || under_way_ > options.items_under_way ||
      bytes_under_way_ > options.bytes_under_way)
    return nullptr;
  return std::exchange(resume_, nullptr);
}

void BulkPost::append_results(const Batch& batch) {
  if (finished_) return;  // nobody listens any more
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    lead_result();
    append_result(results_, batch, batch.items[i], batch.first_index + i);
    ++result_count_;
    if (form_ == BulkForm::kLines) results_ += '\n';
  }
  if (results_.size() >= (begun_ ? kPieceBytes : head_.context->options.result_bytes))
    send_results();
}

void BulkPost::lead_result() {
  if (form_ == BulkForm::kArray) results_ += result_count_ == 0 ? "[\n" : ",\n";
}

void BulkPost::send_results() {
  if (!begun_) {
    begun_ = true;
    http::Response head;
    head.status = 207;
    head.content_type = content_type_;
    head_.responder->begin(std::move(head));
  }
  const std::size_t limit = head_.context->options.result_bytes;
  const std::size_t waiting = head_.responder->write(std::exchange(results_, {}));
  if (waiting <= limit || client_slow_) return;
  client_slow_ = true;
  head_.responder->when_below(limit / 4, [self = shared_from_this()] {
    std::function<void()> go_on;
    {
      const std::lock_guard lock(self->mutex_);
      self->client_slow_ = false;
      go_on = self->take_resume();
    }
    if (go_on) go_on();
  });
}

void BulkPost::finish_if_done() {
  if (!body_done_ || finished_ || !flights_.empty()) return;
  finished_ = true;
  place_.reset();
  if (result_count_ == 0 && last_) return head_.refuse(*last_);
  if (result_count_ == 0 && form_ == BulkForm::kLines) return head_.refuse(empty_body(head_.kind));
  if (last_) {
    lead_result();
    append_problem(results_, *last_, result_count_++);
    if (form_ == BulkForm::kLines) results_ += '\n';
  }
  if (form_ == BulkForm::kArray) results_ += result_count_ == 0 ? "[]\n" : "\n]\n";
  if (!begun_) return answer_whole();
  send_results();
  head_.responder->end();
}

void BulkPost::answer_whole() {
  http::Response response;
  response.status = 207;
  response.content_type = content_type_;
  response.body = std::move(results_);
  head_.responder->answer(std::move(response));
}

}  // namespace lamplight::intake
