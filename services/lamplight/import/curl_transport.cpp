#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/check.hpp"
#include "import/transport.hpp"

namespace lamplight::importer {

namespace {

constexpr long kConnectTimeoutMs = 5'000;
constexpr long kPostTimeoutMs = 120'000;
constexpr std::size_t kMaxAnswerBytes = 64U << 20;
constexpr std::int64_t kMostRetryAfterMs = 60'000;

/// One post: a handle that is used again and again, so that its connection stays open.
struct Post {
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
  std::uint64_t id = 0;
  std::string answer;
  std::array<char, CURL_ERROR_SIZE> detail{};
};

std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* into) {
  std::string& answer = static_cast<Post*>(into)->answer;
  if (answer.size() + size * count > kMaxAnswerBytes) return 0;
  answer.append(bytes, size * count);
  return size * count;
}

template <typename T>
void set(CURL* curl, CURLoption option, T value) {
  LAMPLIGHT_CHECK(curl_easy_setopt(curl, option, value) == CURLE_OK, "libcurl takes its options");
}

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(std::string url) : url_(std::move(url)) {
    static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = curl_multi_init();
    LAMPLIGHT_CHECK(kReady == CURLE_OK && multi_ != nullptr, "libcurl starts");
  }
  ~CurlTransport() override {
    for (auto& [curl, post] : under_way_) {
      curl_multi_remove_handle(multi_, curl);
      dispose(*post);
    }
    for (auto& post : idle_) dispose(*post);
    curl_multi_cleanup(multi_);
  }

  void post(std::uint64_t id, std::string_view body, const std::string& idempotency_key) override {
    std::unique_ptr<Post> post = take_idle();
    post->id = id;
    post->answer.clear();
    post->detail.front() = '\0';
    curl_slist_free_all(post->headers);
    post->headers = nullptr;
    for (const std::string& line :
         {std::string("Content-Type: application/x-ndjson"), std::string("Expect:"),
          "Idempotency-Key: " + idempotency_key}) {
      post->headers = curl_slist_append(post->headers, line.c_str());
    }
    set(post->curl, CURLOPT_HTTPHEADER, post->headers);
    set(post->curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(post->curl, CURLOPT_POSTFIELDS, body.data());
    curl_multi_add_handle(multi_, post->curl);
    CURL* const curl = post->curl;
    under_way_.emplace(curl, std::move(post));
  }

  std::vector<Reply> wait(std::int64_t timeout_ms) override {
    std::vector<Reply> replies = collect();
    if (!replies.empty()) return replies;
    // Wakes early for any news; the caller comes back when it was not the end of a post.
    curl_multi_poll(multi_, nullptr, 0,
                    static_cast<int>(std::clamp<std::int64_t>(timeout_ms, 0, 60'000)), nullptr);
    return collect();
  }

 private:
  std::unique_ptr<Post> take_idle() {
    if (!idle_.empty()) {
      std::unique_ptr<Post> post = std::move(idle_.back());
      idle_.pop_back();
      return post;
    }
    auto post = std::make_unique<Post>();
    post->curl = curl_easy_init();
    LAMPLIGHT_CHECK(post->curl != nullptr, "libcurl starts");
    set(post->curl, CURLOPT_URL, url_.c_str());
    set(post->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(post->curl, CURLOPT_POST, 1L);
    set(post->curl, CURLOPT_NOSIGNAL, 1L);
    set(post->curl, CURLOPT_TCP_NODELAY, 1L);
    set(post->curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
    set(post->curl, CURLOPT_TIMEOUT_MS, kPostTimeoutMs);
    set(post->curl, CURLOPT_ERRORBUFFER, post->detail.data());
    set(post->curl, CURLOPT_WRITEFUNCTION, &receive);
    set(post->curl, CURLOPT_WRITEDATA, post.get());
    return post;
  }

  std::vector<Reply> collect() {
    int running = 0;
    curl_multi_perform(multi_, &running);
    std::vector<Reply> replies;
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto found = under_way_.find(message->easy_handle);
      LAMPLIGHT_CHECK(found != under_way_.end(), "libcurl tells only of what it was given");
      std::unique_ptr<Post> post = std::move(found->second);
      under_way_.erase(found);
      curl_multi_remove_handle(multi_, post->curl);
      replies.push_back(reply_of(*post, code));
      idle_.push_back(std::move(post));
    }
    return replies;
  }

  static Reply reply_of(Post& post, CURLcode code) {
    Reply reply;
    reply.id = post.id;
    if (code != CURLE_OK) {
      reply.fault = post.detail.front() != '\0' ? post.detail.data() : curl_easy_strerror(code);
      return reply;
    }
    curl_easy_getinfo(post.curl, CURLINFO_RESPONSE_CODE, &reply.status);
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(post.curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0) {
      reply.retry_after_ms =
          std::min<std::int64_t>(std::int64_t{seconds} * 1000, kMostRetryAfterMs);
    }
    reply.body = std::move(post.answer);
    return reply;
  }

  static void dispose(Post& post) {
    curl_slist_free_all(post.headers);
    curl_easy_cleanup(post.curl);
  }

  std::string url_;
  CURLM* multi_ = nullptr;
  std::map<CURL*, std::unique_ptr<Post>> under_way_;
  std::vector<std::unique_ptr<Post>> idle_;
};

}  // namespace

std::unique_ptr<Transport> make_curl_transport(const std::string& url, const RecordInfo& record) {
  return std::make_unique<CurlTransport>(url_of(url, record));
}

}  // namespace lamplight::importer
