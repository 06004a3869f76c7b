#pragma once

#include <string>
#include <string_view>

#include "model/describe.hpp"

/// The rules of single texts, free of JSON. A broken rule is its stable name; empty when the text keeps them all.
namespace lamplight::text_rules {

/// 1 to `max_bytes` of printable ASCII without spaces and without what looks like a number of a person.
[[nodiscard]] std::string_view broken_by_reference(std::string_view text, std::size_t max_bytes);

/// A person's pseudonymous key: 16 to 64 of A-Z, a-z, 0-9, _ and -, a letter and a digit at least, and no number of a
/// person. Eleven digits in a row look like one, except in a hash: 32 and more of 0-9 and a-f (or A-F) and hyphens, one in
/// eight a letter at least; one hash in eight of 64 has such a row by chance. A date (holds_date) is a birthday, except in
/// a hash or in any token of hexadecimal digits alone.
[[nodiscard]] std::string_view broken_by_token(std::string_view text);

/// 1 to `max_bytes` of UTF-8 without spaces at the ends and without characters that do not show (controls, line
/// separators, zero-width and direction marks: two codes that look alike must be equal).
[[nodiscard]] std::string_view broken_by_code(std::string_view text, std::size_t max_bytes);

/// What stages and place schemes are called where no list names them: 1 to 32 of a-z, 0-9, _ and -. Nobody's name fits.
[[nodiscard]] bool is_code_name(std::string_view text);

/// A code of a place, by the form that its scheme has. No number of a person in any of them; eleven digits in a row only
/// where the form says that there are long ones.
[[nodiscard]] std::string_view broken_by_place(std::string_view text, PlaceForm form);

/// Eleven digits in a row, full-width ones too, or what holds_person_number finds: looks like a phone or document number.
[[nodiscard]] bool is_number_shaped(std::string_view text);

/// What to do about a broken rule.
[[nodiscard]] std::string hint_of(std::string_view rule, std::size_t max_bytes);

/// Appends a name that came from outside as a token of a JSON pointer: escaped by RFC 6901, cut at 64 bytes, what does
/// not show replaced, and a number-shaped one masked, because names may be data.
void append_pointer_token(std::string& out, std::string_view name);

}  // namespace lamplight::text_rules
