#include "person_numbers.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "characters.hpp"

namespace lamplight {

namespace {

constexpr std::size_t kMobileDigits = 11;
constexpr std::size_t kIdentityDigits = 18;
constexpr std::size_t kDateDigits = 8;
constexpr std::size_t kLeastGroup = 3;   // as people write numbers; a month or a day is shorter
constexpr std::size_t kMostBetween = 3;  // " - "
constexpr std::size_t kLeastHash = 12;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_letter(char c) { return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hyphen(std::uint32_t c) {
  return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFF0D;
}

// One byte a character: digits and letters as they are, '-' for what may stand between groups, '?' for all else.
std::string simplified(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const characters::Character c = characters::at(text, at);
    at += c.size;
    if (c.code < 0x80 && is_letter_or_digit(static_cast<char>(c.code)))
      out += static_cast<char>(c.code);
    else if (characters::is_digit(c.code)) out += static_cast<char>('0' + (c.code - 0xFF10));
    else if (c.code == 0xFF38 || c.code == 0xFF58) out += 'X';
    else out += is_hyphen(c.code) || characters::is_space(c.code) ? '-' : '?';
  }
  return out;
}

bool is_mobile(std::string_view digits) {
  if (digits.size() == kMobileDigits + 4 && digits.starts_with("0086")) digits.remove_prefix(4);
  if (digits.size() == kMobileDigits + 2 && digits.starts_with("86")) digits.remove_prefix(2);
  return digits.size() == kMobileDigits && digits[0] == '1' && digits[1] >= '3';
}

int number(std::string_view digits) {
  int out = 0;
  for (const char c : digits) out = out * 10 + (c - '0');
  return out;
}

bool is_province(int code) {  // GB/T 2260
  return (code >= 11 && code <= 15) || (code >= 21 && code <= 23) || (code >= 31 && code <= 37) ||
         (code >= 41 && code <= 46) || (code >= 50 && code <= 54) || (code >= 61 && code <= 65) ||
         code == 71 || (code >= 81 && code <= 83) || code == 91;
}

// Of eight digits. Days are not held against their month: a slip in one is a person's date all the same.
bool is_date(std::string_view digits) {
  const int year = number(digits.substr(0, 4));
  const int month = number(digits.substr(4, 2));
  const int day = number(digits.substr(6, 2));
  return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// Of the first 17 digits.
bool is_identity(std::string_view digits) {
  return is_province(number(digits.substr(0, 2))) && is_date(digits.substr(6, kDateDigits));
}

// The eight digits that begin a text, one separator before month and day passed over; fewer when there are none such.
std::string date_digits(std::string_view text) {
  std::string digits;
  for (std::size_t at = 0; at < text.size() && digits.size() < kDateDigits; ++at) {
    const bool may_separate =
        (digits.size() == 4 || digits.size() == 6) && at > 0 && is_digit(text[at - 1]);
    if (is_digit(text[at])) digits += text[at];
    else if (!may_separate || (text[at] != '-' && text[at] != '_')) break;
  }
  return digits;
}

struct Group {
  std::size_t begin;
  std::size_t end;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

std::vector<Group> groups_of(std::string_view text) {
  std::vector<Group> out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at])) continue;
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    out.push_back({begin, at});
  }
  return out;
}

bool is_in_hash(std::string_view text, const Group& group) {
  std::size_t begin = group.begin;
  std::size_t end = group.end;
  while (begin > 0 && is_letter_or_digit(text[begin - 1])) --begin;
  while (end < text.size() && is_letter_or_digit(text[end])) ++end;
  const std::string_view token = text.substr(begin, end - begin);
  return token.size() >= kLeastHash && token.size() > group.size() &&
         std::all_of(token.begin(), token.end(),
                     [](char c) { return is_digit(c) || is_hex_letter(c); });
}

bool is_person_number(std::string_view text, const Group& group) {
  const std::string_view digits = text.substr(group.begin, group.size());
  const bool x = group.end < text.size() && (text[group.end] == 'X' || text[group.end] == 'x');
  const bool identity =
      (digits.size() == kIdentityDigits || (digits.size() == kIdentityDigits - 1 && x)) &&
      is_identity(digits);
  return (identity || is_mobile(digits)) && !is_in_hash(text, group);
}

// Groups that stand apart by no more than a space or a hyphen.
bool are_neighbours(std::string_view text, const Group& left, const Group& right) {
  const std::string_view between = text.substr(left.end, right.begin - left.end);
  return between.size() <= kMostBetween && between.find_first_not_of('-') == std::string_view::npos;
}

// A mobile number in groups, the first of them `first`.
bool is_mobile_in_groups(std::string_view text, const std::vector<Group>& groups,
                         std::size_t first) {
  if (groups[first].begin > 0 && is_hex_letter(text[groups[first].begin - 1])) return false;
  std::string digits;
  for (std::size_t i = first; i < groups.size(); ++i) {
    if (groups[i].size() < kLeastGroup) return false;
    if (i > first && !are_neighbours(text, groups[i - 1], groups[i])) return false;
    digits += text.substr(groups[i].begin, groups[i].size());
    if (digits.size() > kMobileDigits + 4) return false;
    const bool ends = groups[i].end == text.size() || !is_hex_letter(text[groups[i].end]);
    if (i > first && ends && is_mobile(digits)) return true;
  }
  return false;
}

// Most texts are codes: no need to look closer.
bool has_enough_digits(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text)
    if (is_digit(c) || c == '\xEF') ++digits;  // full-width digits begin so
  return digits >= kMobileDigits;
}

}  // namespace

bool holds_person_number(std::string_view text) {
  if (!has_enough_digits(text)) return false;
  const std::string plain = simplified(text);
  const std::vector<Group> groups = groups_of(plain);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (is_person_number(plain, groups[i]) || is_mobile_in_groups(plain, groups, i)) return true;
  }
  return false;
}

bool holds_date(std::string_view text) {
  for (std::size_t at = 0; at + kDateDigits <= text.size(); ++at) {
    const std::string digits = date_digits(text.substr(at));
    if (digits.size() == kDateDigits && is_date(digits)) return true;
  }
  return false;
}

}  // namespace lamplight
