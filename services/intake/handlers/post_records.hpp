#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../core.hpp"
#include "../item_reader.hpp"
#include "../secret.hpp"
#include "http/server.hpp"

namespace lamplight::intake {

struct PostOptions {
  std::string partner;
  std::size_t bulk_requests = 64;  ///< arrays and NDJSON bodies at once; beyond it 503
  std::size_t items_under_way =
      8192;  ///< of one such body without an answer yet; beyond it it is not read on
  std::size_t bytes_under_way = 4U << 20;  ///< likewise, of payloads
  std::size_t batch_items = 1024;          ///< handed to the core at once
  std::size_t result_bytes =
      4U << 20;  ///< results that wait for the end of the body; beyond it they are sent
  std::size_t body_bytes = 64U << 20;  ///< of unfinished single items, all together; beyond it 503
  /// Hears why a whole request was refused (a problem's name). Threads: the server's.
  std::function<void(std::string_view reason)> refused = {};
};

/// What the handlers of all POST routes share: the bounds hold for alerts and reports together.
struct PostContext {
  PostContext(Core& the_core, ItemReaders& the_readers, const Secret& the_secret,
              PostOptions the_options)
      : core(the_core), readers(the_readers), secret(the_secret), options(std::move(the_options)) {}
  Core& core;
  ItemReaders& readers;
  const Secret& secret;
  PostOptions options;
  std::atomic<std::size_t> bulk{0};        ///< bulk requests under way
  std::atomic<std::size_t> body_bytes{0};  ///< of single items that are still arriving
};

/// POST /v1/<path>: one item of the kind, a JSON array of them, or NDJSON. The first byte of a JSON body tells which of the two.
class PostRecords {
 public:
  PostRecords(Core& core, ItemReaders& readers, const Secret& secret, PostOptions options)
      : context_(std::make_shared<PostContext>(core, readers, secret, std::move(options))) {}
  [[nodiscard]] std::unique_ptr<http::BodySink> handle(Kind kind, const http::Request& request,
                                                       http::ResponderPtr responder);

 private:
  std::shared_ptr<PostContext> context_;
};

/// One request's head, as the handlers of its body need it.
struct PostHead {
  Kind kind = Kind::kAlert;
  std::shared_ptr<PostContext> context;
  http::ResponderPtr responder;
  std::string request_id;
  std::string key;  ///< Idempotency-Key; empty: none
  void refuse(const http::Problem& problem) const;
};

}  // namespace lamplight::intake
