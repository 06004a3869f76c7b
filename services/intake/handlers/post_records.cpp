#include "post_records.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "../problems.hpp"
#include "bulk_post.hpp"
#include "single_post.hpp"

namespace lamplight::intake {

namespace {
constexpr std::size_t kMaxKeyBytes = 128;

enum class Media { kJson, kLines, kOther };

bool same_word(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == y;
  });
}

Media media_of(std::string_view content_type) {
  std::string_view name = content_type.substr(0, content_type.find(';'));
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  if (same_word(name, "application/json")) return Media::kJson;
  if (same_word(name, "application/x-ndjson")) return Media::kLines;
  return Media::kOther;
}

bool is_usable_key(std::string_view key) {
  return !key.empty() && key.size() <= kMaxKeyBytes &&
         std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool has_header(const http::Request& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [name](const auto& header) { return same_word(header.first, name); });
}

/// Gives the body to who understands it, once its first byte has told who that is.
class RecordBody final : public http::BodySink {
 public:
  RecordBody(PostHead head, Media media) : head_(std::move(head)), media_(media) {}

  void on_data(std::string_view piece, std::function<void()> resume) override {
    if (!single_ && !bulk_) {
      choose(piece);
      if (refused_) return;
    }
    if (bulk_) return bulk_->take(piece, std::move(resume));
    if (!single_ || single_->take(piece)) resume();
  }

  void on_end() override {
    if (bulk_) return bulk_->end();
    if (single_) return single_->end();
    head_.refuse(empty_body(head_.kind));
  }

  bool on_cut(std::string_view why) override {
    if (bulk_) bulk_->cut(why);
    return bulk_ != nullptr;
  }

  void on_abort() override {
    if (bulk_) bulk_->abort();
  }

 private:
  void choose(std::string_view piece) {
    const std::size_t first = piece.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return;
    const bool array = media_ == Media::kJson && piece[first] == '[';
    if (media_ == Media::kJson && !array) {
      single_ = std::make_shared<SinglePost>(head_);
      return;
    }
    std::optional<BulkPlace> place = BulkPlace::take(*head_.context);
    if (!place) {
      refused_ = true;
      head_.refuse(not_admitted(Admission::kFull));
      return;
    }
    bulk_ = std::make_shared<BulkPost>(head_, array ? BulkForm::kArray : BulkForm::kLines,
                                       std::move(*place));
  }

  PostHead head_;
  Media media_;
  bool refused_ = false;
  std::shared_ptr<SinglePost> single_;
  std::shared_ptr<BulkPost> bulk_;
};
}  // namespace

void PostHead::refuse(const http::Problem& problem) const {
  if (context->options.refused) context->options.refused(problem.type);
  responder->answer(problem_response(problem, request_id));
}

std::unique_ptr<http::BodySink> PostRecords::handle(Kind kind, const http::Request& request,
                                                    http::ResponderPtr responder) {
  PostHead head{kind, context_, std::move(responder), request.id,
                std::string(request.header("Idempotency-Key"))};
  const auto refused = [&head](const http::Problem& problem) {
    head.refuse(problem);
    return std::unique_ptr<http::BodySink>();
  };
  const Media media = media_of(request.header("Content-Type"));
  if (media == Media::kOther) return refused(unsupported_media_type(kind));
  if (has_header(request, "idempotency-key") && !is_usable_key(head.key))
    return refused(bad_idempotency_key());
  const Admission admission = context_->core.admission();
  if (admission != Admission::kOpen) return refused(not_admitted(admission));
  return std::make_unique<RecordBody>(std::move(head), media);
}

}  // namespace lamplight::intake
