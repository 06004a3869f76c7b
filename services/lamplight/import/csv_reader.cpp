#include "import/csv_reader.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace lamplight::importer {

namespace {
constexpr std::size_t kWindow = 64U << 10;
}

CsvReader::CsvReader(ByteSource& text, CsvOptions options, std::string name)
    : text_(text), options_(options), name_(std::move(name)), window_(kWindow) {
  for (const char c : {options_.delimiter, options_.quote, '\r', '\n'}) {
    if (c != 0) special_[static_cast<unsigned char>(c)] = true;
  }
}

Result<bool> CsvReader::next(CsvRow& row) {
  while (true) {
    values_.clear();
    ends_.clear();
    row.line = line_;
    bool quoted = false;
    bool row_ended = false;
    auto there = more();
    if (!there) return there.error();
    if (!*there) return false;
    while (!row_ended) {
      if (ends_.size() == kMaxCsvColumns) {
        return error(Code::kTooLarge,
                     fmt::format("more than {} columns; is the delimiter right?", kMaxCsvColumns));
      }
      auto was_quoted = read_field(row_ended);
      if (!was_quoted) return was_quoted.error();
      quoted = quoted || *was_quoted;
      ends_.push_back(values_.size());
    }
    if (ends_.size() > 1 || !values_.empty() || quoted) break;  // else a blank line
  }
  row.number = ++rows_;
  row.fields.clear();
  std::size_t from = 0;
  for (const std::size_t end : ends_) {
    row.fields.push_back(std::string_view(values_).substr(from, end - from));
    from = end;
  }
  return true;
}

Result<void> CsvReader::skip_lines(std::uint64_t count) {
  while (count > 0) {
    auto there = more();
    if (!there) return there.error();
    if (!*there) return {};
    const char c = window_[at_];
    if (c == '\n' || c == '\r') {
      if (auto ended = end_of_line(); !ended) return ended;
      --count;
    } else {
      step_over({&window_[at_], 1});
    }
  }
  return {};
}

// Whether another byte is there at `at_`.
Result<bool> CsvReader::more() {
  if (at_ < size_) return true;
  if (ended_) return false;
  auto got = text_.read(window_);
  if (!got) return got.error();
  at_ = 0;
  size_ = *got;
  ended_ = size_ == 0;
  return !ended_;
}

// Reads up to and past the delimiter or the line end. True when the value was quoted.
Result<bool> CsvReader::read_field(bool& row_ended) {
  const std::size_t begin = values_.size();
  while (true) {
    auto there = more();
    if (!there) return there.error();
    if (!*there) {
      row_ended = true;
      return false;
    }
    const char c = window_[at_];
    if (ordinary(c)) {
      const char* const from = window_.data() + at_;
      const char* const to =
          std::find_if_not(from, static_cast<const char*>(window_.data() + size_),
                           [this](char x) { return ordinary(x); });
      if (auto added = add({from, static_cast<std::size_t>(to - from)}); !added)
        return added.error();
    } else if (c == options_.delimiter) {
      step_over({&c, 1});
      return false;
    } else if (c == '\r' || c == '\n') {
      row_ended = true;
      if (auto ended = end_of_line(); !ended) return ended.error();
      return false;
    } else if (values_.size() > begin) {
      return error(
          Code::kInvalid,
          "a quote inside a value that does not begin with one; double it and quote the whole "
          "value, or set quote = \"\" if the file quotes nothing");
    } else {
      if (auto read = read_quoted(); !read) return read.error();
      if (auto read = after_quoted(row_ended); !read) return read.error();
      return true;
    }
  }
}

// From the opening quote past the closing one.
Result<bool> CsvReader::read_quoted() {
  const std::uint64_t opened_line = line_;
  const std::uint64_t opened_column = column_;
  step_over({&options_.quote, 1});
  while (true) {
    auto there = more();
    if (!there) return there.error();
    if (!*there) {
      return Error(Code::kInvalid, fmt::format("{}:{}:{}: a quote that opens here is never closed",
                                               name_, opened_line, opened_column));
    }
    const char* const from = window_.data() + at_;
    const char* const end = window_.data() + size_;
    const char* const to =
        std::find_if(from, end, [this](char c) { return c == options_.quote || c == '\n'; });
    if (to != from) {
      if (auto added = add({from, static_cast<std::size_t>(to - from)}); !added)
        return added.error();
      continue;
    }
    if (*from == '\n') {
      if (auto added = add({from, 1}); !added) return added.error();
      ++line_;
      column_ = 1;
      continue;
    }
    step_over({from, 1});
    there = more();
    if (!there) return there.error();
    if (!*there || window_[at_] != options_.quote) return true;
    if (auto added = add({&window_[at_], 1}); !added)
      return added.error();  // a doubled quote stands for one
  }
}

Result<void> CsvReader::after_quoted(bool& row_ended) {
  auto there = more();
  if (!there) return there.error();
  if (!*there) {
    row_ended = true;
    return {};
  }
  const char c = window_[at_];
  if (c == options_.delimiter) {
    step_over({&c, 1});
    return {};
  }
  if (c == '\r' || c == '\n') {
    row_ended = true;
    return end_of_line();
  }
  return error(Code::kInvalid,
               "something follows a closing quote; a quote inside a quoted value must be doubled");
}

Result<void> CsvReader::end_of_line() {
  const char first = window_[at_++];
  if (first == '\r') {
    auto there = more();
    if (!there) return there.error();
    if (*there && window_[at_] == '\n') ++at_;
  }
  ++line_;
  column_ = 1;
  return {};
}

Result<void> CsvReader::add(std::string_view piece) {
  if (values_.size() + piece.size() > kMaxCsvRowBytes) {
    return error(Code::kTooLarge, fmt::format("a row of more than {} bytes; is a quote left open?",
                                              kMaxCsvRowBytes));
  }
  values_.append(piece);
  step_over(piece);
  return {};
}

void CsvReader::step_over(std::string_view piece) {
  at_ += piece.size();
  for (const char c : piece) column_ += (static_cast<unsigned char>(c) & 0xC0U) == 0x80U ? 0U : 1U;
}

Error CsvReader::error(Code code, std::string_view what) const {
  return {code, fmt::format("{}:{}:{}: {}", name_, line_, column_, what)};
}

}  // namespace lamplight::importer
