#include "model/alert_parser.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "findings.hpp"
#include "json_token.hpp"
#include "model/alert_description.hpp"
#include "model/rfc3339.hpp"
#include "text_rules.hpp"

namespace lamplight {

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

namespace {

namespace ondemand = simdjson::ondemand;

constexpr auto kFields = Description<AlertReceived>::kFields;
constexpr auto kInfos = field_infos<AlertReceived>();

constexpr std::size_t index_of(std::string_view name) {
  for (std::size_t i = 0; i < kInfos.size(); ++i) {
    if (kInfos[i].name == name) return i;
  }
  return kInfos.size();
}
constexpr std::size_t kUnknown = kInfos.size();
constexpr std::uint32_t bit(std::size_t index) { return 1U << index; }
constexpr std::uint32_t kCorrects = bit(index_of("corrects"));
constexpr std::uint32_t kWithdraws = bit(index_of("withdraws"));

}  // namespace

// One parse. Methods that return bool say whether the text is still JSON within its bounds; broken rules of fields are
// noted and reading goes on.
class AlertParser::Reading {
 public:
  explicit Reading(const CodeLists& codes) : codes_(codes) {}

  bool copy_and_run(std::string_view json, AlertReceived& out, std::vector<FieldError>& errors,
                    std::vector<Warning>& warnings) {
    if (json.size() <= kMaxAlertJsonBytes) {
      buffer_.assign(json);
      buffer_.append(kJsonPadding, '\0');
      json = std::string_view(buffer_).substr(0, json.size());
    }
    return run(json, out, errors, warnings);
  }

  bool run(std::string_view json, AlertReceived& out, std::vector<FieldError>& errors,
           std::vector<Warning>& warnings) {
    found_.emplace(errors, warnings, kMaxFieldErrors, kMaxWarnings);
    out_ = &out;
    keys_ = 0;
    seen_ = given_ = 0;
    expected_ = 0;
    key_stack_.clear();
    std::apply([&](const auto&... f) { (wire::reset(out.*(f.member)), ...); }, kFields);
    if (json.size() > kMaxAlertJsonBytes) {
      found_->note("", "too_large",
                   "an alert has at most " + std::to_string(kMaxAlertJsonBytes) + " bytes of JSON");
    } else if (read_document(json)) {
      check_presence();
    }
    return errors.empty();
  }

 private:
  using Reader = bool (*)(Reading&, ondemand::value);

  bool fine(simdjson::error_code error) {
    if (error == simdjson::SUCCESS) return true;
    if (error == simdjson::UTF8_ERROR)
      return found_->stop("utf8",
                          "the text is not UTF-8; convert it (from GB18030, say) before sending");
    return found_->stop("json", std::string("no valid JSON: ") + simdjson::error_message(error));
  }
  bool broken_token() {
    return found_->stop("json", "no valid JSON: a number or literal is malformed");
  }

  // ---- the document ----

  bool read_document(std::string_view json) {
    ondemand::document document;
    if (!fine(parser_.iterate(simdjson::padded_string_view(json, json.size() + kJsonPadding))
                  .get(document)))
      return false;
    ondemand::json_type type{};
    if (!fine(document.type().get(type))) return false;
    if (type != ondemand::json_type::object)
      return found_->stop("object", "an alert is one JSON object");
    ondemand::object object;
    if (!fine(document.get_object().get(object))) return false;
    for (auto member : object) {
      std::string_view name;
      ondemand::value value;
      if (!fine(member.unescaped_key().get(name)) || !fine(member.value().get(value))) return false;
      if (!count_key() || !read_member(name, value)) return false;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return found_->stop("json", "something follows the object");
    return true;
  }

  bool count_key() {
    return ++keys_ <= kMaxAlertJsonKeys ||
           found_->stop("too_many_fields",
                        "at most " + std::to_string(kMaxAlertJsonKeys) + " names in one alert");
  }

  std::size_t find_field(std::string_view name) {
    // Senders mostly keep one order: try the field behind the last one first.
    for (std::size_t n = 0, i = expected_; n < kInfos.size();
         ++n, i = i + 1 == kInfos.size() ? 0 : i + 1) {
      if (kInfos[i].name != name) continue;
      expected_ = i + 1 == kInfos.size() ? 0 : i + 1;
      return i;
    }
    return kUnknown;
  }

  bool read_member(std::string_view name, ondemand::value value) {
    const std::size_t index = find_field(name);
    if (index == kUnknown) return read_unknown(name, value);
    const FieldInfo& info = kInfos[index];
    const Place place{info, {}};
    if ((seen_ & bit(index)) != 0) {
      found_->note(place, "duplicate_key", "give each name once");
      return skip(place, value);
    }
    seen_ |= bit(index);
    if (info.origin == Origin::kIntake) {
      found_->warn(pointer_to(place), "set_by_service", "dropped: the service sets it");
      return skip(place, value);
    }
    ondemand::json_type type{};
    if (!fine(value.type().get(type))) return false;
    if (type == ondemand::json_type::null) {  // as if it had been left out
      return json_token::is_literal(token(value)) || broken_token();
    }
    given_ |= bit(index);
    return kReaders[index](*this, value);
  }

  bool read_unknown(std::string_view name, ondemand::value value) {
    path_.clear();
    text_rules::append_pointer_token(path_, name);
    const bool again = std::find(key_stack_.begin(), key_stack_.end(), name) != key_stack_.end();
    key_stack_.push_back(name);
    if (refuses(name)) {
      found_->note_personal(path_);
    } else if (again) {
      found_->note(path_, "duplicate_key", "give each name once");
    } else {
      found_->warn(path_, "unknown_field", "dropped: the schema has no such field");
    }
    return walk(value, 1);
  }

  void check_presence() {
    const bool withdrawing = (given_ & kWithdraws) != 0;
    if (withdrawing && (given_ & kCorrects) != 0) {
      found_->note("/withdraws", "corrects_and_withdraws",
                   "an alert either corrects or withdraws another one");
    }
    for (std::size_t i = 0; i < kInfos.size(); ++i) {
      const FieldInfo& info = kInfos[i];
      if (info.origin != Origin::kSender || info.presence == Presence::kOptional ||
          (given_ & bit(i)) != 0)
        continue;
      if (info.presence == Presence::kUnlessWithdrawing && withdrawing) continue;
      found_->note(Place{info, {}}, "required", "is required: " + std::string(wanted(info.shape)));
    }
  }

  // ---- names that no body may hold ----

  bool refuses(std::string_view name) { return codes_.deny_list().refuses(name, scratch_); }

  bool skip(const Place& place, ondemand::value value) {
    path_ = pointer_to(place);
    return walk(value, 1);
  }

  // Visits all of a value that is not kept: every name in it is held against the deny-list, and nothing in it may be
  // other than JSON (on-demand checks only what is visited). `path_` points to the value.
  bool walk(ondemand::value value, std::size_t depth) {
    if (depth > kMaxAlertJsonDepth) {
      return found_->stop("depth",
                          "at most " + std::to_string(kMaxAlertJsonDepth) + " levels of nesting");
    }
    ondemand::json_type type{};
    if (!fine(value.type().get(type))) return false;
    switch (type) {
      case ondemand::json_type::object: return walk_object(value, depth);
      case ondemand::json_type::array: return walk_array(value, depth);
      case ondemand::json_type::string: {
        std::string_view text;
        return fine(value.get_string().get(text));
      }
      case ondemand::json_type::number:
        return json_token::is_number(token(value)) || broken_token();
      case ondemand::json_type::boolean:
      case ondemand::json_type::null: return json_token::is_literal(token(value)) || broken_token();
    }
    return broken_token();
  }

  bool walk_object(ondemand::value value, std::size_t depth) {
    ondemand::object object;
    if (!fine(value.get_object().get(object))) return false;
    const std::size_t path_size = path_.size();
    const std::size_t first_key = key_stack_.size();
    for (auto member : object) {
      std::string_view name;
      ondemand::value inner;
      if (!fine(member.unescaped_key().get(name)) || !fine(member.value().get(inner)) ||
          !count_key())
        return false;
      text_rules::append_pointer_token(path_, name);
      const auto from = key_stack_.begin() + static_cast<std::ptrdiff_t>(first_key);
      if (refuses(name)) found_->note_personal(path_);
      else if (std::find(from, key_stack_.end(), name) != key_stack_.end())
        found_->note(path_, "duplicate_key", "give each name once");
      key_stack_.push_back(name);
      if (!walk(inner, depth + 1)) return false;
      path_.resize(path_size);
    }
    key_stack_.resize(first_key);
    return true;
  }

  bool walk_array(ondemand::value value, std::size_t depth) {
    ondemand::array array;
    if (!fine(value.get_array().get(array))) return false;
    const std::size_t path_size = path_.size();
    std::size_t index = 0;
    for (auto element : array) {
      ondemand::value inner;
      if (!fine(element.get(inner))) return false;
      path_ += '/';
      path_ += std::to_string(index++);
      if (!walk(inner, depth + 1)) return false;
      path_.resize(path_size);
    }
    return true;
  }

  // ---- rules of single values ----

  static std::string_view token(ondemand::value& value) {
    return json_token::trimmed(value.raw_json_token());
  }

  // The value as text; an empty pointer when it is none, which has been noted then.
  bool text_of(ondemand::value value, const Place& place, Shape shape, std::string_view& text) {
    text = {};
    ondemand::json_type type{};
    if (!fine(value.type().get(type))) return false;
    if (type == ondemand::json_type::string) return fine(value.get_string().get(text));
    return wrong_type(value, place, shape);
  }

  bool wrong_type(ondemand::value value, const Place& place, Shape shape) {
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

  bool read(ondemand::value value, const FieldInfo& info, std::string_view& out) {
    const Place place{info, {}};
    if (!text_of(value, place, info.shape, out)) return false;
    if (out.data() == nullptr) return true;
    const std::size_t max = info.rule.max_bytes;
    if (info.rule.reference) keeps(place, text_rules::broken_by_reference(out, max), max);
    else keeps_code(out, place, info.rule, false);
    return true;
  }

  bool read(ondemand::value value, const FieldInfo& info, AlertStatus& out) {
    const Place place{info, {}};
    std::string_view text;
    if (!text_of(value, place, info.shape, text)) return false;
    if (text.data() != nullptr && keeps_code(text, place, info.rule, false))
      out = *status_from(text);
    return true;
  }

  bool read(ondemand::value value, const FieldInfo& info, std::vector<std::string_view>& out) {
    ondemand::json_type type{};
    if (!fine(value.type().get(type))) return false;
    if (type != ondemand::json_type::array) return wrong_type(value, Place{info, {}}, info.shape);
    ondemand::array array;
    if (!fine(value.get_array().get(array))) return false;
    std::int32_t index = 0;
    for (auto element : array) {
      ondemand::value inner;
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

  static std::string_view key_of(const PlaceCode& item) { return item.scheme; }
  static std::string_view key_of(const StageStamp& item) { return item.stage; }

  bool read_item(ondemand::value value, const Place& place, std::string_view name,
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

  bool read_item(ondemand::value value, const Place& place, std::string_view name,
                 std::vector<StageStamp>& out) {
    std::string_view text;
    if (!text_of(value, place, Shape::kStamp, text)) return false;
    Stamp stamp;
    if (text.data() != nullptr && is_stamp(text, place, stamp)) out.push_back({name, stamp});
    return true;
  }

  // places and stages: an object whose names are codes.
  template <typename Item>
  bool read(ondemand::value value, const FieldInfo& info, std::vector<Item>& out) {
    ondemand::json_type type{};
    if (!fine(value.type().get(type))) return false;
    if (type != ondemand::json_type::object) return wrong_type(value, Place{info, {}}, info.shape);
    ondemand::object object;
    if (!fine(value.get_object().get(object))) return false;
    const std::size_t first_key = key_stack_.size();
    std::size_t count = 0;
    for (auto member : object) {
      std::string_view name;
      ondemand::value inner;
      if (!fine(member.unescaped_key().get(name)) || !fine(member.value().get(inner)) ||
          !count_key())
        return false;
      const Place place{info, name};
      const auto from = key_stack_.begin() + static_cast<std::ptrdiff_t>(first_key);
      const bool again = std::find(from, key_stack_.end(), name) != key_stack_.end();
      key_stack_.push_back(name);
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

  bool read(ondemand::value value, const FieldInfo& info, Stamp& out) {
    const Place place{info, {}};
    std::string_view text;
    if (!text_of(value, place, info.shape, text)) return false;
    if (text.data() != nullptr) is_stamp(text, place, out);
    return true;
  }

  bool read(ondemand::value value, const FieldInfo& info, std::int64_t& out) {
    const Place place{info, {}};
    ondemand::json_type type{};
    if (!fine(value.type().get(type))) return false;
    if (type != ondemand::json_type::number) return wrong_type(value, place, info.shape);
    const std::string_view digits = token(value);
    if (!json_token::is_number(digits)) return broken_token();
    if (digits.find_first_of(".eE") != std::string_view::npos) {
      found_->note(place, "integer", "want a whole number without decimal point or exponent");
      return true;
    }
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (error != std::errc{} || out < info.rule.min || out > info.rule.max) {
      found_->note(
          place, "range",
          "between " + std::to_string(info.rule.min) + " and " + std::to_string(info.rule.max));
    }
    return true;
  }

  bool read(ondemand::value value, const FieldInfo& info, Id16& out) {
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

  template <typename T>
  bool read(ondemand::value value, const FieldInfo& info, std::optional<T>& out) {
    return read(value, info, out.emplace());
  }

  template <std::size_t I>
  static bool read_field(Reading& reading, ondemand::value value) {
    constexpr auto kMember = std::get<I>(kFields).member;
    return reading.read(value, kInfos[I], reading.out_->*kMember);
  }
  template <std::size_t... I>
  static constexpr std::array<Reader, sizeof...(I)> readers(std::index_sequence<I...>) {
    return {&read_field<I>...};
  }
  static const std::array<Reader, kInfos.size()> kReaders;

  const CodeLists& codes_;
  ondemand::parser parser_;
  std::string buffer_;                       // the padded copy of `parse`
  std::string scratch_;                      // room for names under comparison
  std::string path_;                         // pointer of what `walk` visits
  std::vector<std::string_view> key_stack_;  // names of the open objects, to find repeats
  std::optional<Findings> found_;            // of this parse
  AlertReceived* out_ = nullptr;
  std::size_t keys_ = 0;
  std::size_t expected_ = 0;
  std::uint32_t seen_ = 0;   // by index of the field: the name was there
  std::uint32_t given_ = 0;  // ... and not null
};

const std::array<AlertParser::Reading::Reader, kInfos.size()> AlertParser::Reading::kReaders =
    AlertParser::Reading::readers(std::make_index_sequence<kInfos.size()>{});

AlertParser::AlertParser(const CodeLists& codes) : reading_(std::make_unique<Reading>(codes)) {}
AlertParser::~AlertParser() = default;
AlertParser::AlertParser(AlertParser&&) noexcept = default;
AlertParser& AlertParser::operator=(AlertParser&&) noexcept = default;

bool AlertParser::parse(std::string_view json, AlertReceived& out, std::vector<FieldError>& errors,
                        std::vector<Warning>& warnings) {
  return reading_->copy_and_run(json, out, errors, warnings);
}

bool AlertParser::parse_padded(std::string_view json, AlertReceived& out,
                               std::vector<FieldError>& errors, std::vector<Warning>& warnings) {
  return reading_->run(json, out, errors, warnings);
}

}  // namespace lamplight
