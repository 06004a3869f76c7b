#include "request_head.hpp"

#include <limits>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "target.hpp"

namespace lamplight::http {

namespace {

namespace beast = boost::beast;
using beast::http::field;

constexpr std::size_t kMaxFields = 100;
constexpr std::size_t kMaxLengthDigits = 18;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (text.empty() || text.size() > kMaxLengthDigits) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

bool is_folded(std::string_view head) {
  return head.find("\r\n ") != std::string_view::npos ||
         head.find("\r\n\t") != std::string_view::npos;
}

/// Beast's parser for request line and fields, writing straight into our Request. Bodies are not its business.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  HeadParser(Request& request, RequestHead& head) : request_(request), head_(head) {
    header_limit(1U << 20);  // the caller has bounded the head already
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  std::optional<Refusal> refusal;
  unsigned hosts = 0;
  bool has_transfer_encoding = false;

 private:
  void refuse(beast::error_code& ec, Refusal why) {
    refusal = std::move(why);
    ec = beast::http::error::bad_value;
  }

  void on_request_impl(beast::http::verb /*verb*/, beast::string_view method,
                       beast::string_view target, int version, beast::error_code& /*ec*/) override {
    head_.method = view(method);
    head_.target = view(target);
    head_.http11 = version == 11;
  }

  void on_field_impl(field name, beast::string_view name_text, beast::string_view value,
                     beast::error_code& ec) override {
    if (request_.headers.size() == kMaxFields) {
      return refuse(ec, {431, "header_too_large", "more than 100 header fields"});
    }
    request_.headers.emplace_back(view(name_text), view(value));
    switch (name) {
      case field::host: ++hosts; break;
      case field::content_length: take_length(view(value), ec); break;
      case field::transfer_encoding: take_coding(value, ec); break;
      case field::expect: take_expect(value, ec); break;
      default: break;
    }
  }

  void take_length(std::string_view value, beast::error_code& ec) {
    if (head_.content_length) {
      return refuse(ec, {400, "bad_framing", "Content-Length is given twice"});
    }
    head_.content_length = parse_length(value);
    if (!head_.content_length) {
      refuse(ec, {400, "bad_framing", "Content-Length must be one decimal number"});
    }
  }

  void take_coding(beast::string_view value, beast::error_code& ec) {
    if (std::exchange(has_transfer_encoding, true)) {
      return refuse(ec, {400, "bad_framing", "Transfer-Encoding is given twice"});
    }
    if (!beast::iequals(value, "chunked")) {
      return refuse(ec, {501, "unknown_transfer_encoding",
                         "the only Transfer-Encoding understood here is chunked"});
    }
    head_.chunked = true;
  }

  void take_expect(beast::string_view value, beast::error_code& ec) {
    if (!beast::iequals(value, "100-continue")) {
      return refuse(ec, {417, "unknown_expectation", "only Expect: 100-continue is understood"});
    }
    head_.expects_continue = true;
  }

  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, beast::error_code&) override {
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                 beast::error_code&) override {
    return body.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  Request& request_;
  RequestHead& head_;
};

Refusal syntax_refusal(const beast::error_code& ec) {
  using beast::http::error;
  if (ec == error::bad_version) {
    return {505, "bad_version", "the request line must end with HTTP/1.1 or HTTP/1.0 and CRLF"};
  }
  if (ec == error::bad_content_length || ec == error::bad_transfer_encoding) {
    return {
        400, "bad_framing",
        "the body's length must be told once: one Content-Length, or Transfer-Encoding: chunked"};
  }
  if (ec == error::bad_method || ec == error::bad_target) {
    return {400, "bad_request_line", "the request line must be METHOD SP target SP version"};
  }
  return {400, "bad_header", "a header field is not well-formed (" + ec.message() + ")"};
}

std::optional<Refusal> check_framing(const HeadParser& parser, const RequestHead& head) {
  if (head.chunked && head.content_length) {
    return Refusal{400, "bad_framing", "Content-Length and Transfer-Encoding exclude each other"};
  }
  if (head.chunked && !head.http11) {
    return Refusal{400, "bad_framing", "HTTP/1.0 knows no Transfer-Encoding"};
  }
  if (parser.hosts > 1 || (head.http11 && parser.hosts == 0)) {
    return Refusal{400, "bad_host", "exactly one Host field is required"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t from) {
  const std::size_t at = bytes.find("\r\n\r\n", from < 3 ? 0 : from - 3);
  if (at == std::string_view::npos) return std::nullopt;
  return at + 4;
}

bool is_head_beginning(std::string_view bytes, std::size_t from) {
  if (bytes == "\r") return true;  // half of an empty line in front, which is passed over
  const auto first = static_cast<unsigned char>(bytes.front());
  if (first <= ' ' || first >= 0x7F) return false;
  for (std::size_t at = bytes.find('\n', from); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return false;
  }
  return true;
}

std::optional<Refusal> parse_head(std::string_view bytes, Request& request, RequestHead& head) {
  request.headers.clear();
  head.chunked = head.expects_continue = false;
  head.content_length.reset();
  if (is_folded(bytes)) return Refusal{400, "bad_header", "folded header fields are not allowed"};

  HeadParser parser(request, head);
  parser.eager(true);  // the head in one call
  beast::error_code ec;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (parser.refusal) return parser.refusal;
  if (ec) return syntax_refusal(ec);
  if (used != bytes.size() || !parser.is_header_done()) {
    return Refusal{400, "bad_header", "the head is not well-formed"};
  }
  request.method = head.method;
  request.target = head.target;
  head.keep_alive = parser.keep_alive();
  if (auto refusal = check_framing(parser, head)) return refusal;
  if (auto target = parse_target(head.target, request); !target) {
    return Refusal{400, "bad_target", target.error().message()};
  }
  return std::nullopt;
}

}  // namespace lamplight::http
