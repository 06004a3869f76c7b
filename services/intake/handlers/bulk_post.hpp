#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "../batch.hpp"
#include "http/item_splitter.hpp"
#include "post_records.hpp"

namespace lamplight::intake {

/// One of the places for bulk requests; free again when it goes.
class BulkPlace {
 public:
  [[nodiscard]] static std::optional<BulkPlace> take(PostContext& context);
  BulkPlace(BulkPlace&& other) noexcept : context_(other.context_) { other.context_ = nullptr; }
  BulkPlace& operator=(BulkPlace&&) = delete;
  ~BulkPlace();

 private:
  explicit BulkPlace(PostContext& context) : context_(&context) {}
  PostContext* context_;
};

enum class BulkForm { kArray, kLines };

/// A body of many items of one kind: split, read and handed to the core as it comes, answered 207 with one result an item, in order.
///
/// Memory is bounded: the body is read on only while few items are under way; results wait for the end of the body up to
/// a limit, beyond which they are sent while the rest is read.
/// Threads: the connection's for `take`, `end` and `abort`; the core's for `answered`. The mutex guards what is marked;
/// the responder is called under it, the core's `submit` and `resume` never.
class BulkPost final : public BatchOwner, public std::enable_shared_from_this<BulkPost> {
 public:
  BulkPost(PostHead head, BulkForm form, BulkPlace place);

  void take(std::string_view piece, std::function<void()> resume);
  void end();
  void abort();
  /// The body ended early; what came before is answered all the same.
  void cut(std::string_view why);
  void answered(BatchPtr batch) override;

 private:
  struct Flight {
    const Batch* asked = nullptr;  ///< which one it is, never followed
    BatchPtr answered;             ///< null before
  };

  // Connection's thread.
  void read_item(ItemReader& reader, const http::ItemSplitter::Item& item);
  void hand_over();
  void stop(const http::Problem& problem);
  [[nodiscard]] Id16 key_of(std::uint64_t index) const;

  // Under the mutex.
  void append_results(const Batch& batch);
  void lead_result();
  void send_results();
  void finish_if_done();
  void answer_whole();
  [[nodiscard]] std::function<void()> take_resume();

  const PostHead head_;
  const BulkForm form_;
  const std::string content_type_;

  http::ItemSplitter splitter_;
  BatchPtr filling_;
  std::uint64_t next_index_ = 0;
  bool stopped_ = false;

  std::mutex mutex_;                // guards all below
  std::optional<BulkPlace> place_;  // given back before the answer ends
  std::deque<Flight> flights_;
  std::size_t under_way_ = 0;        // items of flights_
  std::size_t bytes_under_way_ = 0;  // payloads of flights_
  std::string results_;
  std::uint64_t result_count_ = 0;
  std::function<void()> resume_;       // kept while too much is under way
  std::optional<http::Problem> last_;  // what ended the body early
  bool begun_ = false;                 // the head of the answer is out
  bool client_slow_ = false;           // too many results wait to be sent
  bool body_done_ = false;
  bool finished_ = false;
};

}  // namespace lamplight::intake
