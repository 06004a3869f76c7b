#pragma once

#include <array>
#include <charconv>

#include "json_reading.hpp"
#include "model/describe.hpp"
#include "model/rfc3339.hpp"

namespace lamplight {

/// The rules of single values, and one reader a type of member: the description says which field has which.
class ValueReading : protected JsonReading {
 protected:
  using JsonReading::JsonReading;

  // The value as text; an empty pointer when it is none, which has been noted then.
  bool text_of(Value value, const Place& place, Shape shape, std::string_view& text) {
    text = {};
    Type type{};
    if (!fine(value.type().get(type))) return false;
    if (type == Type::string) return fine(value.get_string().get(text));
    return wrong_type(value, place, shape);
  }

  bool wrong_type(Value value, const Place& place, Shape shape) {
    found_->note(place, "type", "want " + std::string(wanted(shape)));
    return skip(place, value);
  }

  bool keeps(const Place& place, std::string_view broken, std::size_t max_bytes) {
    if (broken.empty()) return true;
    found_->note(place, broken, text_rules::hint_of(broken, max_bytes));
    return false;
  }

  // A code of a list; `is_key` when it stands as a name in JSON.
  bool keeps_code(std::string_view text, const Place& place, const Rule& rule, bool is_key) {
    if (!keeps(place, text_rules::broken_by_code(text, rule.max_bytes), rule.max_bytes))
      return false;
    const CodeList list = *rule.list;
    if (codes_.find(list, text) != nullptr) return true;  // a listed code was checked with its list
    if (is_key && refuses(text)) {
      found_->note_personal(pointer_to(place));
      return false;
    }
    if (!codes_.is_open(list)) {
      found_->note(place, "unknown_code", known_codes(list));
      return false;
    }
    if (is_key && !text_rules::is_code_name(text)) {
      found_->note(place, "code_name",
                   "a name that the code list does not hold is 1 to 32 of a-z, 0-9, _ and -");
      return false;
    }
    if (rule.number_shaped_refused && text_rules::is_number_shaped(text)) {
      found_->note(place, "number_shaped",
                   "eleven digits in a row, or a phone number in groups, look like the number of a "
                   "person; a code that needs them must be listed");
      return false;
    }
    found_->warn(
        pointer_to(place), "code_not_listed",
        "taken, but the code list \"" + std::string(to_string(list)) + "\" does not hold it");
    return true;
  }

  std::string known_codes(CodeList list) const {
    constexpr std::size_t kShown = 12;
    const auto& entries = codes_.entries(list);
    std::string out = "one of ";
    for (std::size_t i = 0; i < std::min(entries.size(), kShown); ++i)
      out += (i == 0 ? "" : ", ") + entries[i].code;
    return entries.size() > kShown ? out + ", …" : out;
  }

  bool is_stamp(std::string_view text, const Place& place, Stamp& out) {
    const StampFault fault = parse_rfc3339(text, out);
    if (fault == StampFault::kNone) return true;
    found_->note(place, rule_name(fault), std::string(hint(fault)));
    return false;
  }

  // ---- one reader a type; the description says which field has which ----

  bool read(Value value, const FieldInfo& info, std::string_view& out) {
    const Place place{info, {}};
    if (!text_of(value, place, info.shape, out)) return false;
    if (out.data() == nullptr) return true;
    const std::size_t max = info.rule.max_bytes;
    if (info.rule.token) keeps(place, text_rules::broken_by_token(out), max);
    else if (info.rule.reference) keeps(place, text_rules::broken_by_reference(out, max), max);
    else keeps_code(out, place, info.rule, false);
    return true;
  }

  bool read(Value value, const FieldInfo& info, AlertStatus& out) {
    const Place place{info, {}};
    std::string_view text;
    if (!text_of(value, place, info.shape, text)) return false;
    if (text.data() != nullptr && keeps_code(text, place, info.rule, false))
      out = *status_from(text);
    return true;
  }

  bool read(Value value, const FieldInfo& info, std::vector<std::string_view>& out) {
    Type type{};
    if (!fine(value.type().get(type))) return false;
    if (type != Type::array) return wrong_type(value, Place{info, {}}, info.shape);
    simdjson::ondemand::array array;
    if (!fine(value.get_array().get(array))) return false;
    std::int32_t index = 0;
    for (auto element : array) {
      Value inner;
      if (!fine(element.get(inner))) return false;
      const Place place{info, {}, index++};
      if (too_many(static_cast<std::size_t>(index), info)) {
        if (!skip(place, inner)) return false;
        continue;
      }
      std::string_view text;
      if (!text_of(inner, place, Shape::kText, text)) return false;
      if (text.data() == nullptr || !keeps_code(text, place, info.rule, false)) continue;
      if (std::find(out.begin(), out.end(), text) != out.end())
        found_->note(place, "repeated", "give each code once");
      else out.push_back(text);
    }
    return true;
  }

  // Notes it once, at the first item that is too many.
  bool too_many(std::size_t count, const FieldInfo& info) {
    if (count == info.rule.max_items + 1)
      found_->note(Place{info, {}}, "too_many", "at most " + std::to_string(info.rule.max_items));
    return count > info.rule.max_items;
  }

  bool read_item(Value value, const Place& place, std::string_view name,
                 std::vector<PlaceCode>& out) {
    std::string_view text;
    if (!text_of(value, place, Shape::kText, text)) return false;
    const CodeEntry* scheme = codes_.find(*place.field.rule.list, name);
    const PlaceForm form = scheme == nullptr ? PlaceForm::kCode : scheme->form;
    if (text.data() != nullptr &&
        keeps(place, text_rules::broken_by_place(text, form), max_place_bytes(form)))
      out.push_back({name, text});
    return true;
  }

  bool read_item(Value value, const Place& place, std::string_view name,
                 std::vector<StageStamp>& out) {
    std::string_view text;
    if (!text_of(value, place, Shape::kStamp, text)) return false;
    Stamp stamp;
    if (text.data() != nullptr && is_stamp(text, place, stamp)) out.push_back({name, stamp});
    return true;
  }

  // places and stages: an object whose names are codes.
  template <typename Item>
  bool read(Value value, const FieldInfo& info, std::vector<Item>& out) {
    Type type{};
    if (!fine(value.type().get(type))) return false;
    if (type != Type::object) return wrong_type(value, Place{info, {}}, info.shape);
    simdjson::ondemand::object object;
    if (!fine(value.get_object().get(object))) return false;
    const std::size_t first_key = key_stack_.size();
    std::size_t count = 0;
    for (auto member : object) {
      std::string_view name;
      Value inner;
      if (!fine(member.unescaped_key().get(name)) || !fine(member.value().get(inner)) ||
          !count_key())
        return false;
      const Place place{info, name};
      const bool again = is_repeated(name, first_key);
      if (again) found_->note(place, "duplicate_key", "give each name once");
      const bool excess = too_many(++count, info);
      if (excess && refuses(name)) found_->note_personal(pointer_to(place));
      if (again || excess || !keeps_code(name, place, info.rule, true)) {
        if (!skip(place, inner)) return false;
      } else if (!read_item(inner, place, name, out)) {
        return false;
      }
    }
    key_stack_.resize(first_key);
    return true;
  }

  bool read(Value value, const FieldInfo& info, Stamp& out) {
    const Place place{info, {}};
    std::string_view text;
    if (!text_of(value, place, info.shape, text)) return false;
    if (text.data() != nullptr) is_stamp(text, place, out);
    return true;
  }

  bool read(Value value, const FieldInfo& info, std::int64_t& out) {
    bool kept = false;
    return read_integer(value, Place{info, {}}, info.rule, out, kept);
  }

  bool read_integer(Value value, const Place& place, const Rule& rule, std::int64_t& out,
                    bool& kept) {
    Type type{};
    if (!fine(value.type().get(type))) return false;
    if (type != Type::number) return wrong_type(value, place, Shape::kInteger);
    const std::string_view digits = token(value);
    if (!json_token::is_number(digits)) return broken_token();
    if (digits.find_first_of(".eE") != std::string_view::npos) {
      found_->note(place, "integer", "want a whole number without decimal point or exponent");
      return true;
    }
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    kept = error == std::errc{} && out >= rule.min && out <= rule.max;
    if (!kept) {
      found_->note(place, "range",
                   "between " + std::to_string(rule.min) + " and " + std::to_string(rule.max));
    }
    return true;
  }

  bool read(Value value, const FieldInfo& info, Bound& out) {
    bool kept = false;
    return read_bound(value, Place{info, {}}, out, kept);
  }

  bool read_bound(Value value, const Place& place, Bound& out, bool& kept) {
    std::string_view text;
    if (!text_of(value, place, Shape::kBound, text)) return false;
    if (text.data() == nullptr) return true;
    const auto bound = bound_from(text);
    kept = bound.has_value();
    if (kept) out = *bound;
    else found_->note(place, "unknown_code", "one of exact, at_least, reaches");
    return true;
  }

  bool read(Value value, const FieldInfo& info, Id16& out) {
    const Place place{info, {}};
    std::string_view text;
    if (!text_of(value, place, info.shape, text)) return false;
    if (text.data() == nullptr) return true;
    if (const auto id = from_uuid(text)) out = *id;
    else
      found_->note(place, "uuid",
                   "want the id of an alert as it was answered: 8-4-4-4-12 hexadecimal digits");
    return true;
  }

  // ---- counts: a list of objects ----

  bool read(Value value, const FieldInfo& info, std::vector<Count>& out) {
    Type type{};
    if (!fine(value.type().get(type))) return false;
    if (type != Type::array) return wrong_type(value, Place{info, {}}, info.shape);
    simdjson::ondemand::array array;
    if (!fine(value.get_array().get(array))) return false;
    std::int32_t index = 0;
    for (auto element : array) {
      Value inner;
      if (!fine(element.get(inner))) return false;
      const Place place{info, {}, index++};
      const bool excess = too_many(static_cast<std::size_t>(index), info);
      if (!fine(inner.type().get(type))) return false;
      if (!excess && type != Type::object) {
        found_->note(place, "type", "want an object such as {\"what\": \"site\", \"n\": 12}");
        if (!skip(place, inner)) return false;
      } else if (!(excess ? skip(place, inner) : read_count(inner, place, out))) {
        return false;
      }
    }
    return true;
  }

  // Appends the number to `out` when it keeps every rule.
  bool read_count(Value value, const Place& place, std::vector<Count>& out) {
    simdjson::ondemand::object object;
    if (!fine(value.get_object().get(object))) return false;
    Count count;
    std::array<bool, kCountParts.size()> seen{};
    bool kept = true;
    const std::size_t first_key = key_stack_.size();
    for (auto member : object) {
      std::string_view name;
      Value inner;
      if (!fine(member.unescaped_key().get(name)) || !fine(member.value().get(inner)) ||
          !count_key())
        return false;
      const Place at{place.field, name, place.index};
      if (is_repeated(name, first_key)) {
        found_->note(at, "duplicate_key", "give each name once");
        kept = false;
        if (!skip(at, inner)) return false;
        continue;
      }
      const std::size_t part = part_of(name);
      if (part == kCountParts.size()) {
        if (!skip_unknown(at, inner)) return false;
        continue;
      }
      bool given = false;
      bool fits = false;
      if (!read_part(inner, at, part, count, given, fits)) return false;
      seen[part] = given;
      if (given && !fits) kept = false;
    }
    key_stack_.resize(first_key);
    for (std::size_t part = 0; part < kCountParts.size(); ++part) {
      if (seen[part] || kCountParts[part].presence != Presence::kRequired) continue;
      found_->note(Place{place.field, kCountParts[part].name, place.index}, "required",
                   "is required: " + std::string(wanted(kCountParts[part].shape)));
      kept = false;
    }
    if (!kept) return true;
    const bool again = std::any_of(out.begin(), out.end(), [&count](const Count& other) {
      return other.what == count.what && other.kind == count.kind && other.result == count.result;
    });
    if (again) found_->note(place, "repeated", "give each what, kind and result once");
    else out.push_back(count);
    return true;
  }

  static std::size_t part_of(std::string_view name) {
    std::size_t part = 0;
    while (part < kCountParts.size() && kCountParts[part].name != name) ++part;
    return part;
  }

  bool skip_unknown(const Place& place, Value value) {
    path_ = pointer_to(place);
    if (refuses(place.key)) found_->note_personal(path_);
    else found_->warn(path_, "unknown_field", "dropped: the schema has no such field");
    return walk(value, 2);
  }

  // `given`: it was there and not null; `fits`: it keeps its rule.
  bool read_part(Value value, const Place& place, std::size_t part, Count& out, bool& given,
                 bool& fits) {
    Type type{};
    if (!fine(value.type().get(type))) return false;
    given = type != Type::null;
    if (!given) return json_token::is_literal(token(value)) || broken_token();
    const FieldInfo& info = kCountParts[part];
    if (info.shape == Shape::kInteger) return read_integer(value, place, info.rule, out.n, fits);
    if (info.shape == Shape::kBound) return read_bound(value, place, out.bound, fits);
    std::string_view& text = part == 0 ? out.what : part == 1 ? out.kind : out.result;
    if (!text_of(value, place, Shape::kText, text)) return false;
    fits = text.data() != nullptr && keeps_code(text, place, info.rule, false);
    return true;
  }

  template <typename T>
  bool read(Value value, const FieldInfo& info, std::optional<T>& out) {
    return read(value, info, out.emplace());
  }
};

}  // namespace lamplight
