#include "http/item_splitter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "http/server.hpp"

namespace lamplight::http {

namespace {

constexpr unsigned kMostDepth = 64;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Bytes that mean something to the splitter, within a string and outside of one; a line's end always does.
struct Meaning {
  std::array<bool, 256> in_string{};
  std::array<bool, 256> outside{};
};
constexpr Meaning make_meaning() {
  Meaning out;
  for (const char c : std::string_view("\"\\\n"))
    out.in_string[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view("\"{}[]\n"))
    out.outside[static_cast<unsigned char>(c)] = true;
  return out;
}
constexpr Meaning kMeaning = make_meaning();

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<ItemSplitter::Format> ItemSplitter::format_of(std::string_view content_type) {
  std::string type(without_trailing_blanks(content_type.substr(0, content_type.find(';'))));
  std::transform(type.begin(), type.end(), type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (type == "application/json") return Format::kJson;
  if (type == "application/x-ndjson" || type == "application/ndjson" ||
      type == "application/jsonl") {
    return Format::kNdjson;
  }
  return std::nullopt;
}

ItemSplitter::ItemSplitter(Format format, Limits limits) : format_(format), limits_(limits) {
  LAMPLIGHT_CHECK(limits_.depth >= 1 && limits_.depth <= kMostDepth, "item depth is 1 to 64");
}

Result<void> ItemSplitter::feed(std::string_view piece, const OnItem& on_item) {
  begin_ = 0;
  for (std::size_t at = 0; at < piece.size() && state_ != State::kFailed; ++at) {
    if (state_ == State::kItem && !escaped_) {
      const std::size_t plain = plain_bytes(piece.substr(at));
      size_ += plain;
      bytes_ += plain;
      at += plain;
      if (at == piece.size()) break;
    }
    take(piece[at], at, piece, on_item);
    ++bytes_;
  }
  if (failure_) return *failure_;
  if ((state_ == State::kItem || state_ == State::kLineTail) && !spoiled_) {
    if (carried_.empty()) carried_.reserve(limits_.item_bytes + kBodyPadding);
    carried_ += piece.substr(begin_);
  }
  return {};
}

/// How many bytes ahead can be passed over: nothing but text, and not beyond the item's size limit.
std::size_t ItemSplitter::plain_bytes(std::string_view ahead) const {
  const auto& means = in_string_ ? kMeaning.in_string : kMeaning.outside;
  const std::size_t room = limits_.item_bytes > size_ ? limits_.item_bytes - size_ : 0;
  const std::size_t most = spoiled_ ? ahead.size() : std::min(ahead.size(), room);
  std::size_t n = 0;
  while (n < most && !means[static_cast<unsigned char>(ahead[n])]) ++n;
  return n;
}

void ItemSplitter::take(char c, std::size_t at, std::string_view piece, const OnItem& on_item) {
  switch (state_) {
    case State::kItem: return take_item(c, at, piece, on_item);
    case State::kLineTail: return take_line_tail(c, at, piece, on_item);
    case State::kStart: return take_start(c, at);
    case State::kLine:
      if (is_blank(c)) return;
      begin_item(at);
      if (c == '{') return;
      state_ = State::kLineTail;
      return spoil(Code::kInvalid, "the line does not begin with '{'");
    case State::kFirst:
      if (c == ']') {
        state_ = State::kDone;
        return;
      }
      [[fallthrough]];
    case State::kNext:
      if (is_blank(c)) return;
      return c == '{' ? begin_item(at) : fail("expected an object, beginning with '{'");
    case State::kAfter:
      if (is_blank(c)) return;
      if (c != ',' && c != ']') return fail("expected ',' or ']' after an item");
      state_ = c == ',' ? State::kNext : State::kDone;
      return;
    case State::kMore:
      if (is_blank(c)) return;
      if (format_ == Format::kJson) {
        return fail("something follows the object (several: an array, or application/x-ndjson)");
      }
      return c == '{' ? begin_item(at) : fail("expected an object, beginning with '{'");
    case State::kDone:
      if (!is_blank(c)) fail("something follows the array");
      return;
    case State::kFailed: return;
  }
}

void ItemSplitter::take_start(char c, std::size_t at) {
  // A byte order mark in front is passed over: some partners' tools write one.
  if (bytes_ < kByteOrderMark.size() && c == kByteOrderMark[static_cast<std::size_t>(bytes_)])
    return;
  if (is_blank(c)) return;
  if (format_ == Format::kNdjson) {
    shape_ = Shape::kLines;
    begin_item(at);
    if (c == '{') return;
    state_ = State::kLineTail;
    return spoil(Code::kInvalid, "the line does not begin with '{'");
  }
  if (c == '[') {
    shape_ = Shape::kArray;
    state_ = State::kFirst;
  } else if (c == '{') {
    shape_ = Shape::kObjects;
    begin_item(at);
  } else {
    fail("expected an object or an array of objects");
  }
}

void ItemSplitter::begin_item(std::size_t at) {
  state_ = State::kItem;
  begin_ = at;
  size_ = 1;
  depth_ = 1;
  open_ = 0;
  in_string_ = escaped_ = false;
}

void ItemSplitter::take_item(char c, std::size_t at, std::string_view piece,
                             const OnItem& on_item) {
  if (shape_ == Shape::kLines && c == '\n') {
    spoil(Code::kInvalid, "the line ends inside the object");
    return emit({}, on_item);
  }
  if (++size_ > limits_.item_bytes) spoil(Code::kTooLarge, "the item is over the size limit");
  if (in_string_) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
    return;
  }
  if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[' || c == '}' || c == ']') {
    take_structure(c);
    if (depth_ == 0 && state_ == State::kItem) close_item(at, piece, on_item);
  }
}

/// Keeps count of what is open. Deeper than the limit only the count is kept, which is enough to find the end.
void ItemSplitter::take_structure(char c) {
  if (c == '{' || c == '[') {
    if (++depth_ > limits_.depth) return spoil(Code::kTooLarge, "the item is nested too deep");
    open_ = (open_ << 1U) | (c == '[' ? 1U : 0U);
    return;
  }
  if (depth_-- > limits_.depth) return;
  const bool was_array = (open_ & 1U) != 0;
  open_ >>= 1U;
  if (was_array == (c == ']')) return;
  if (shape_ != Shape::kLines) return fail("brackets and braces do not match");
  state_ = State::kLineTail;
  spoil(Code::kInvalid, "brackets and braces do not match");
}

void ItemSplitter::close_item(std::size_t at, std::string_view piece, const OnItem& on_item) {
  if (shape_ == Shape::kLines) {
    state_ = State::kLineTail;  // whether something follows on the line is still open
    return;
  }
  emit(piece.substr(begin_, at + 1 - begin_), on_item);
}

void ItemSplitter::take_line_tail(char c, std::size_t at, std::string_view piece,
                                  const OnItem& on_item) {
  if (c == '\n') return emit(piece.substr(begin_, at - begin_), on_item);
  if (++size_ > limits_.item_bytes) spoil(Code::kTooLarge, "the item is over the size limit");
  if (!is_blank(c)) spoil(Code::kInvalid, "something follows the object on its line");
}

void ItemSplitter::emit(std::string_view last_part, const OnItem& on_item) {
  Item item{.index = items_, .text = {}, .error = nullptr};
  if (spoiled_) {
    item.error = &*spoiled_;
  } else if (carried_.empty()) {
    item.text = without_trailing_blanks(last_part);
  } else {
    carried_ += last_part;
    item.text = without_trailing_blanks(carried_);
  }
  state_ = shape_ == Shape::kArray     ? State::kAfter
           : shape_ == Shape::kObjects ? State::kMore
                                       : State::kLine;
  ++items_;
  on_item(item);
  carried_.clear();
  spoiled_.reset();
}

/// The first thing wrong with an item is the one told.
void ItemSplitter::spoil(Code code, const char* rule) {
  if (spoiled_) return;
  spoiled_.emplace(code, fmt::format("item {}, byte {}: {}", items_, bytes_, rule));
  carried_.clear();
}

void ItemSplitter::fail(const char* rule) {
  failure_.emplace(Code::kInvalid, fmt::format("item {}, byte {}: {}", items_, bytes_, rule));
  state_ = State::kFailed;
  carried_.clear();
}

Result<void> ItemSplitter::finish(const OnItem& on_item) {
  switch (state_) {
    case State::kStart: fail("the body is empty"); break;
    case State::kItem:
      if (shape_ != Shape::kLines) {
        fail("the body ends inside an item");
        break;
      }
      spoil(Code::kInvalid, "the body ends inside the object");
      [[fallthrough]];
    case State::kLineTail: emit({}, on_item); break;
    case State::kFirst:
    case State::kNext:
    case State::kAfter: fail("the body ends before the array's ']'"); break;
    case State::kMore:
    case State::kDone:
    case State::kLine:
    case State::kFailed: break;
  }
  if (failure_) return *failure_;
  return {};
}

}  // namespace lamplight::http
