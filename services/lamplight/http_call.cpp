#include "http_call.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <rapidjson/document.h>

#include <algorithm>

namespace lamplight::cli {

namespace {

constexpr std::size_t kKept = 64U << 10;  // of an answer that is handed on as it comes

struct Receiving {
  const HttpRequest& request;
  std::string body = {};
  bool over = false;
};

std::size_t receive(char* bytes, std::size_t size, std::size_t n, void* into) {
  auto& receiving = *static_cast<Receiving*>(into);
  const std::string_view piece(bytes, size * n);
  if (receiving.request.on_answer) {
    receiving.request.on_answer(piece);
    receiving.body.append(piece.substr(0, kKept - std::min(kKept, receiving.body.size())));
    return piece.size();
  }
  if (receiving.body.size() + piece.size() > receiving.request.answer_limit) {
    receiving.over = true;
    return 0;
  }
  receiving.body.append(piece);
  return piece.size();
}

std::size_t send(char* into, std::size_t size, std::size_t n, void* request) {
  return static_cast<const HttpRequest*>(request)->source(into, size * n);
}

class Handle {
 public:
  Handle() : curl_(curl_easy_init()) { LAMPLIGHT_CHECK(curl_ != nullptr, "libcurl starts"); }
  ~Handle() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename T>
  void set(CURLoption option, T value) {
    LAMPLIGHT_CHECK(curl_easy_setopt(curl_, option, value) == CURLE_OK,
                    "libcurl takes its options");
  }
  void header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }
  CURLcode perform() {
    set(CURLOPT_HTTPHEADER, headers_);
    return curl_easy_perform(curl_);
  }
  [[nodiscard]] CURL* get() const { return curl_; }

 private:
  CURL* curl_;
  curl_slist* headers_ = nullptr;
};

Error failure(const HttpRequest& request, CURLcode code, const char* detail, bool over) {
  const std::string why = detail[0] != '\0' ? detail : curl_easy_strerror(code);
  if (over) {
    return {Code::kTooLarge,
            fmt::format("{}: the answer is over {} bytes", request.url, request.answer_limit)};
  }
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Code::kUnavailable,
              fmt::format("{}: {}; is it running there (`lamplight up`)?", request.url, why)};
    case CURLE_OPERATION_TIMEDOUT: return {Code::kTimeout, fmt::format("{}: {}", request.url, why)};
    default: return {Code::kIo, fmt::format("{}: {}", request.url, why)};
  }
}

void set_body(Handle& handle, const HttpRequest& request) {
  if (request.source) {
    handle.set(CURLOPT_POST, 1L);
    handle.set(CURLOPT_READFUNCTION, &send);
    handle.set(CURLOPT_READDATA, const_cast<HttpRequest*>(&request));
    handle.header("Transfer-Encoding: chunked");
  } else if (request.method != "GET") {
    handle.set(CURLOPT_POSTFIELDS, request.body.c_str());
    handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  if (request.method != "GET") handle.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  handle.header("Expect:");  // no wait for "100 Continue" before the body
  if (!request.content_type.empty()) handle.header("Content-Type: " + request.content_type);
  for (const std::string& line : request.headers) handle.header(line);
}

std::string text(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

}  // namespace

Result<HttpAnswer> http_call(const HttpRequest& request) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  LAMPLIGHT_CHECK(ready == CURLE_OK, "libcurl starts");
  Handle handle;
  Receiving receiving{request};
  char detail[CURL_ERROR_SIZE] = {};
  handle.set(CURLOPT_URL, request.url.c_str());
  handle.set(CURLOPT_PROTOCOLS_STR, "http,https");
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout_ms));
  if (!request.source) handle.set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_ms));
  handle.set(CURLOPT_ERRORBUFFER, static_cast<char*>(detail));
  handle.set(CURLOPT_WRITEFUNCTION, &receive);
  handle.set(CURLOPT_WRITEDATA, &receiving);
  set_body(handle, request);

  if (const CURLcode code = handle.perform(); code != CURLE_OK) {
    return failure(request, code, detail, receiving.over);
  }
  HttpAnswer answer;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  const char* type = nullptr;
  curl_easy_getinfo(handle.get(), CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) answer.content_type = type;
  answer.body = std::move(receiving.body);
  return answer;
}

std::string describe_problem(const HttpAnswer& answer) {
  rapidjson::Document problem;
  problem.Parse(answer.body.c_str(), answer.body.size());
  if (problem.HasParseError() || !problem.IsObject()) {
    return fmt::format("status {}: {}", answer.status, answer.body.substr(0, 500));
  }
  std::string out = fmt::format("status {}: {}", answer.status, text(problem, "title"));
  if (const std::string detail = text(problem, "detail"); !detail.empty()) out += ": " + detail;
  if (!problem.HasMember("errors") || !problem["errors"].IsArray()) return out;
  for (const auto& error : problem["errors"].GetArray()) {
    if (!error.IsObject()) continue;
    out += fmt::format("\n  {} breaks {}: {}", text(error, "pointer"), text(error, "rule"),
                       text(error, "hint"));
  }
  return out;
}

std::string query_escape(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

}  // namespace lamplight::cli
