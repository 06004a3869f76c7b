#include <algorithm>

#include "import/row_mapper.hpp"
#include "model/describe.hpp"

namespace lamplight::importer {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view part_of(const Split& split, std::string_view text) {
  if (split.last) {
    const auto at = text.rfind(split.at);
    return at == std::string_view::npos ? text : text.substr(at + split.at.size());
  }
  if (split.rest) {
    const auto at = text.find(split.at);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + split.at.size());
  }
  for (std::size_t part = 1;; ++part) {
    const auto at = text.find(split.at);
    if (part == split.part) return text.substr(0, at);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + split.at.size());
  }
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

void change_case(std::string& text, LetterCase to) {
  if (to == LetterCase::kKeep) return;
  const char first = to == LetterCase::kUpper ? 'a' : 'A';
  for (char& c : text) {
    if (c >= first && c <= first + 25) c = static_cast<char>(static_cast<unsigned char>(c) ^ 0x20U);
  }
}

// False when neither prefixes nor codes know the value and the spec has no word for that.
bool translate(const TextSpec& spec, std::string& value) {
  if (const auto code = spec.codes.find(value); code != spec.codes.end()) {
    value = code->second;
    return true;
  }
  for (const auto& [prefix, code] : spec.prefixes) {
    if (!value.starts_with(prefix)) continue;
    value = code;
    return true;
  }
  if (spec.otherwise) value = *spec.otherwise;
  return spec.otherwise || spec.keep_unknown;
}

void cut_to_code(std::string& text) {
  if (text.size() <= kMaxCodeBytes) return;
  std::size_t end = kMaxCodeBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  text = std::string(trimmed(text));
}

}  // namespace

void apply_steps(const TextSpec& spec, std::string_view value, std::string& out,
                 const char*& problem) {
  for (const std::string& prefix : spec.strip_prefix) {
    if (value.starts_with(prefix)) value.remove_prefix(prefix.size());
  }
  for (const std::string& suffix : spec.strip_suffix) {
    if (value.ends_with(suffix)) value.remove_suffix(suffix.size());
  }
  out = value;
  for (const auto& [from, to] : spec.replace) replace_all(out, from, to);
  if (spec.split) out = std::string(part_of(*spec.split, out));
  const std::string_view tidy = trimmed(out);
  if (tidy.size() != out.size()) out = std::string(tidy);
  change_case(out, spec.letter_case);
  if (!out.empty() && (!spec.codes.empty() || !spec.prefixes.empty()) && !translate(spec, out)) {
    problem =
        "is a value that the mapping does not know; add it to codes or prefixes, or say what "
        "becomes of others: "
        "otherwise = \"…\" or keep_unknown = true";
  }
  if (out.empty() && spec.when_blank) out = *spec.when_blank;
  if (spec.cut) cut_to_code(out);
}

std::optional<std::int64_t> whole_number_from(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.front() < '0' || text.front() > '9' ||
      text.find('.') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto number = amount_from(text, 1);
  return number && negative ? std::optional(-*number) : number;
}

std::optional<std::int64_t> amount_from(std::string_view text, std::int64_t fen_per_unit) {
  for (const std::string_view sign : {"\u00A5", "\uFFE5", "CNY", "RMB"}) {
    if (text.starts_with(sign)) text.remove_prefix(sign.size());
  }
  text = trimmed(text);
  constexpr std::int64_t kMost =
      90'000'000'000'000'000;  // a further digit and the unit must not overflow
  std::int64_t whole = 0;
  std::size_t i = 0;
  std::size_t since_comma = 0;
  bool comma = false;
  for (; i < text.size() && text[i] != '.'; ++i) {
    if (text[i] == ',') {
      // 1,234,567: one to three digits first, then groups of three.
      if (comma ? since_comma != 3 : since_comma < 1 || since_comma > 3) return std::nullopt;
      comma = true;
      since_comma = 0;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    whole = whole * 10 + (text[i] - '0');
    if (whole > kMost / fen_per_unit) return std::nullopt;
    ++since_comma;
  }
  if (since_comma == 0 || (comma && since_comma != 3)) return std::nullopt;
  std::int64_t fen = whole * fen_per_unit;
  if (i == text.size()) return fen;
  std::int64_t unit = fen_per_unit;
  if (i + 1 == text.size()) return std::nullopt;
  for (++i; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    if (unit % 10 != 0 || unit == 1) {
      if (text[i] != '0') return std::nullopt;  // finer than a fen
      continue;
    }
    unit /= 10;
    fen += (text[i] - '0') * unit;
  }
  return fen;
}

}  // namespace lamplight::importer
