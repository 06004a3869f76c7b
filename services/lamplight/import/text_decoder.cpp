#include "import/text_decoder.hpp"

#include <fmt/core.h>
#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace lamplight::importer {

namespace {

constexpr std::size_t kPiece = 64U << 10;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

unsigned at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// Bytes of the whole, shortest-form character at `i`: 1..4. 0: none begins there. -1: cut off by the end.
int utf8_length(std::string_view text, std::size_t i) {
  const unsigned first = at(text, i);
  if (first < 0x80) return 1;
  const int length = first >= 0xC2 && first <= 0xDF   ? 2
                     : first >= 0xE0 && first <= 0xEF ? 3
                     : first >= 0xF0 && first <= 0xF4 ? 4
                                                      : 0;
  for (int k = 1; k < length; ++k) {
    if (i + static_cast<std::size_t>(k) >= text.size()) return -1;
    const unsigned next = at(text, i + static_cast<std::size_t>(k));
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (k == 1) {  // overlong forms, surrogates and what lies beyond U+10FFFF
      if (first == 0xE0) low = 0xA0;
      if (first == 0xED) high = 0x9F;
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;
    }
    if (next < low || next > high) return 0;
  }
  return length;
}

// Length of the front that is whole, valid UTF-8.
std::size_t valid_utf8(std::string_view text, bool& cut_off) {
  std::size_t i = 0;
  cut_off = false;
  while (i < text.size()) {
    if (i + 8 <= text.size()) {  // eight ASCII bytes at once
      std::uint64_t eight = 0;
      std::memcpy(&eight, text.data() + i, 8);
      if ((eight & 0x8080808080808080ULL) == 0) {
        i += 8;
        continue;
      }
    }
    const int length = utf8_length(text, i);
    if (length <= 0) {
      cut_off = length < 0;
      return i;
    }
    i += static_cast<std::size_t>(length);
  }
  return i;
}

/// What windows-1252 has at 0x80 to 0x9F, where latin1 has controls that no text holds. 0: nothing.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/// 0 where the byte stands for nothing (and where it is 0).
std::uint32_t code_point(unsigned char byte, Encoding encoding) {
  if (byte < 0x80 || byte > 0x9F) return byte;
  return encoding == Encoding::kWindows1252 ? kWindows1252[byte - 0x80U] : 0U;
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0U | (point >> 6U));
  } else {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
  }
  put(0x80U | (point & 0x3FU));
}

}  // namespace

std::optional<Encoding> encoding_from(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Encoding>, 10> kNames = {
      {{"utf-8", Encoding::kUtf8},
       {"utf8", Encoding::kUtf8},
       {"gb18030", Encoding::kGb18030},
       {"gbk", Encoding::kGb18030},
       {"gb2312", Encoding::kGb18030},
       {"latin1", Encoding::kLatin1},
       {"latin-1", Encoding::kLatin1},
       {"iso-8859-1", Encoding::kLatin1},
       {"windows-1252", Encoding::kWindows1252},
       {"cp1252", Encoding::kWindows1252}}};
  for (const auto& [known, encoding] : kNames) {
    if (equals_ignoring_case(known, name)) return encoding;
  }
  return std::nullopt;
}

TextDecoder::TextDecoder(ByteSource& bytes, Encoding encoding, std::string name)
    : bytes_(bytes), encoding_(encoding), name_(std::move(name)) {
  if (encoding_ != Encoding::kGb18030) return;
  iconv_ = iconv_open("UTF-8", "GB18030");
  // iconv tells failure by the pointer of value -1; the tables come with libc.
  if (reinterpret_cast<std::intptr_t>(iconv_) == -1) iconv_ = nullptr;
}

TextDecoder::~TextDecoder() {
  if (iconv_ != nullptr) iconv_close(iconv_);
}

Result<std::size_t> TextDecoder::read(std::span<char> out) {
  while (text_at_ == text_.size() && !(ended_ && raw_.empty())) {
    if (auto done = refill(); !done) return done.error();
  }
  const std::size_t n = std::min(out.size(), text_.size() - text_at_);
  if (n > 0) std::memcpy(out.data(), text_.data() + text_at_, n);
  text_at_ += n;
  return n;
}

Result<void> TextDecoder::refill() {
  text_.clear();
  text_at_ = 0;
  const std::size_t kept = raw_.size();
  raw_.resize(kept + kPiece);
  auto got = bytes_.read({raw_.data() + kept, kPiece});
  if (!got) return got.error().with(name_);
  raw_.resize(kept + *got);
  ended_ = *got == 0;
  if (!begun_) {
    if (raw_.size() < 4 && !ended_) return {};  // more, to know how it begins
    begun_ = true;
    if (auto fine = look_at_beginning(); !fine) return fine;
  }
  return decode();
}

Result<void> TextDecoder::look_at_beginning() {
  const std::string_view raw(raw_);
  if (raw.starts_with("\x1F\x8B")) {
    return Error(Code::kUnsupported,
                 fmt::format("{}: is compressed (gzip); unpack it on the way in: zcat FILE | "
                             "lamplight import - …",
                             name_));
  }
  if (raw.starts_with("PK\x03\x04")) {
    return Error(Code::kUnsupported,
                 name_ + ": is a ZIP archive or a spreadsheet (.xlsx); save it as CSV first");
  }
  if (raw.starts_with("\xFF\xFE") || raw.starts_with("\xFE\xFF")) {
    return Error(Code::kUnsupported,
                 fmt::format("{}: is UTF-16; convert it on the way in: iconv -f utf-16 -t utf-8 "
                             "FILE | lamplight import - …",
                             name_));
  }
  if (encoding_ == Encoding::kUtf8 && raw.starts_with("\xEF\xBB\xBF")) raw_.erase(0, 3);
  if (encoding_ == Encoding::kGb18030 && raw.starts_with("\x84\x31\x95\x33")) raw_.erase(0, 4);
  return {};
}

Result<void> TextDecoder::decode() {
  switch (encoding_) {
    case Encoding::kUtf8: return decode_utf8();
    case Encoding::kLatin1:
    case Encoding::kWindows1252: return decode_single_bytes();
    case Encoding::kGb18030: return decode_gb18030();
  }
  return {};
}

Result<void> TextDecoder::decode_utf8() {
  bool cut_off = false;
  const std::size_t good = valid_utf8(raw_, cut_off);
  const bool bad = good < raw_.size() && (!cut_off || ended_);
  text_.assign(raw_, 0, good);
  keep(good);
  if (bad) return bad_text("no UTF-8 text; is the file in another encoding (gb18030, latin1)?");
  return {};
}

Result<void> TextDecoder::decode_single_bytes() {
  std::size_t good = 0;
  for (; good < raw_.size(); ++good) {
    const auto byte = static_cast<unsigned char>(raw_[good]);
    const std::uint32_t point = code_point(byte, encoding_);
    if (point == 0 && byte != 0) break;
    append_utf8(point, text_);
  }
  const bool bad = good < raw_.size();
  keep(good);
  if (!bad) return {};
  return bad_text(
      encoding_ == Encoding::kLatin1
          ? "no latin1 text: such bytes are quotes and dashes in files of Windows; write "
            "encoding = \"windows-1252\""
          : "no windows-1252 text; is the file in another encoding (gb18030, utf-8)?");
}

Result<void> TextDecoder::decode_gb18030() {
  if (iconv_ == nullptr) {
    return Error(Code::kUnsupported,
                 name_ + ": this system's iconv knows no GB18030; install the package libc-bin");
  }
  char* from = raw_.data();
  std::size_t from_left = raw_.size();
  text_.resize(raw_.size() * 2 + 16);  // at most: two bytes become three, four become four
  char* to = text_.data();
  std::size_t to_left = text_.size();
  const std::size_t outcome = iconv(iconv_, &from, &from_left, &to, &to_left);
  const int reason = outcome == static_cast<std::size_t>(-1) ? errno : 0;
  text_.resize(text_.size() - to_left);
  keep(raw_.size() - from_left);
  const bool cut_off = reason == EINVAL;
  if (reason != 0 && (!cut_off || ended_))
    return bad_text("no GB18030 text; is the file in another encoding (utf-8)?");
  return {};
}

// Drops what was decoded and moves the place on by the decoded text.
void TextDecoder::keep(std::size_t used) {
  raw_.erase(0, used);
  const auto last = text_.rfind('\n');
  const std::string_view tail = last == std::string::npos
                                    ? std::string_view(text_)
                                    : std::string_view(text_).substr(last + 1);
  if (last != std::string::npos) {
    lines_ += static_cast<std::uint64_t>(std::count(text_.begin(), text_.end(), '\n'));
    columns_ = 1;
  }
  columns_ += static_cast<std::uint64_t>(std::count_if(tail.begin(), tail.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

Error TextDecoder::bad_text(std::string_view what) const {
  return {Code::kInvalid, fmt::format("{}:{}:{}: {}", name_, lines_, columns_, what)};
}

}  // namespace lamplight::importer
