#pragma once

#include <string_view>

namespace lamplight {

/// Whether a text holds what looks like the number of a person, full-width digits too:
/// - a mobile number of the mainland: 1, one of 3 to 9, nine digits, also behind 86, +86 or 0086, and also in groups of
///   three digits and more with spaces or hyphens between (138 0013 8000);
/// - an identity number: 17 digits and a digit or X, with the code of a province in front and a date of 1900 to 2099 inside.
/// A number within a longer run of digits is none, and neither are the digits of a hash: twelve and more hexadecimal
/// digits with a letter among them. So numbers of senders that are a date and a serial pass, and UUIDs do.
[[nodiscard]] bool holds_person_number(std::string_view text);

/// Whether eight digits of a text read as a day from 1900 to 2099, also with a hyphen or an underscore before month and
/// day: 19900101, 1990-01-01. As in identity numbers, days are not held against their month.
[[nodiscard]] bool holds_date(std::string_view text);

}  // namespace lamplight
