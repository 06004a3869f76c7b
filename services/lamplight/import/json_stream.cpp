#include <fmt/core.h>

#include "import/alert_stream.hpp"
#include "import/text_decoder.hpp"
#include "model/alert_parser.hpp"

namespace lamplight::importer {

namespace {

constexpr std::size_t kWindow = 64U << 10;

// Splits a text of JSON objects at their ends: brackets outside strings are counted, nothing else is looked at.
class JsonStream final : public AlertStream {
 public:
  JsonStream(ByteSource& bytes, std::string name)
      : name_(std::move(name)), decoder_(bytes, Encoding::kUtf8, name_), window_(kWindow) {}

  Result<bool> next(ImportItem& item) override {
    item.problems.clear();
    item.reported_at.reset();
    item.json.clear();
    auto begun = to_object();
    if (!begun) return begun.error();
    if (!*begun) return false;
    item.line = line_;
    item.row = ++report_.rows;
    if (auto taken = take_object(item.json); !taken) return taken.error();
    return true;
  }

  const StreamReport& report() const override { return report_; }

 private:
  enum class Place { kStart, kLines, kArrayStart, kArrayItem, kArrayComma, kEnd };

  // The next character, without passing it; 0 at the end.
  Result<char> peek() {
    if (at_ == size_ && !ended_) {
      auto got = decoder_.read(window_);
      if (!got) return got.error();
      at_ = 0;
      size_ = *got;
      ended_ = size_ == 0;
    }
    if (at_ == size_) return char{0};
    if (window_[at_] == 0) return error("a NUL byte; JSON has none");
    return window_[at_];
  }
  void pass() {
    if (window_[at_++] == '\n') {
      ++line_;
      column_ = 1;
    } else {
      ++column_;
    }
  }
  Error error(std::string_view what) const {
    return {Code::kInvalid, fmt::format("{}:{}:{}: {}", name_, line_, column_, what)};
  }

  Result<bool> to_object();
  Result<bool> at_end_of_text();
  Result<void> take_object(std::string& out);

  std::string name_;
  TextDecoder decoder_;
  std::vector<char> window_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  bool ended_ = false;
  Place place_ = Place::kStart;
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;  // in bytes
  StreamReport report_;
};

// Goes to the next opening brace. False at the end.
Result<bool> JsonStream::to_object() {
  while (true) {
    auto c = peek();
    if (!c) return c.error();
    if (*c == 0) return at_end_of_text();
    if (*c == ' ' || *c == '\t' || *c == '\r' || *c == '\n') {
      pass();
      continue;
    }
    switch (place_) {
      case Place::kStart:
        if (*c == '[') {
          place_ = Place::kArrayStart;
          pass();
          continue;
        }
        place_ = Place::kLines;
        [[fallthrough]];
      case Place::kLines:
        if (*c == '{') return true;
        return error(
            "an alert begins with {; is this a CSV file? Then give a mapping: --mapping MAP.toml");
      case Place::kArrayStart:
      case Place::kArrayItem:
        if (*c == '{') {
          place_ = Place::kArrayComma;
          return true;
        }
        if (*c == ']' && place_ == Place::kArrayStart) {
          place_ = Place::kEnd;
          pass();
          continue;
        }
        return error("an alert begins with {");
      case Place::kArrayComma:
        if (*c == ',' || *c == ']') {
          place_ = *c == ',' ? Place::kArrayItem : Place::kEnd;
          pass();
          continue;
        }
        return error("between the alerts of an array stands a comma, behind the last one ]");
      case Place::kEnd: return error("something follows the end of the array");
    }
  }
}

Result<bool> JsonStream::at_end_of_text() {
  if (place_ == Place::kStart || place_ == Place::kLines || place_ == Place::kEnd) return false;
  return error("the file ends inside the array; it was cut off");
}

Result<void> JsonStream::take_object(std::string& out) {
  std::size_t depth = 0;
  bool in_string = false;
  bool escaped = false;
  do {
    auto c = peek();
    if (!c) return c.error();
    if (*c == 0) return error("the file ends inside an alert; it was cut off");
    if (out.size() == kMaxAlertJsonBytes) {
      return Error(Code::kTooLarge, fmt::format("{}:{}: an alert of more than {} bytes", name_,
                                                line_, kMaxAlertJsonBytes));
    }
    if (in_string) {
      if (*c == '\n') return error("a line end inside a text; write \\n");
      if (escaped) escaped = false;
      else if (*c == '\\') escaped = true;
      else if (*c == '"') in_string = false;
      out.push_back(*c);
    } else {
      if (*c == '"') in_string = true;
      if (*c == '{' || *c == '[') ++depth;
      if (*c == '}' || *c == ']') --depth;
      out.push_back(*c == '\n' || *c == '\r' ? ' ' : *c);  // one alert, one line
    }
    pass();
  } while (depth > 0);
  return {};
}

}  // namespace

std::unique_ptr<AlertStream> make_json_stream(ByteSource& bytes, std::string name) {
  return std::make_unique<JsonStream>(bytes, std::move(name));
}

}  // namespace lamplight::importer
