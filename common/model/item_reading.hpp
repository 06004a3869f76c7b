#pragma once

#include <type_traits>
#include <utility>

#include "model/item_parser.hpp"
#include "model/item_types.hpp"
#include "value_reading.hpp"

namespace lamplight {

/// One parse of an item: its document, its members, and the rules between them.
template <typename T>
class ItemParser<T>::Reading : private ValueReading {
 public:
  explicit Reading(const CodeLists& codes) : ValueReading(codes, kMaxKeys) {}

  bool copy_and_run(std::string_view json, T& out, std::vector<FieldError>& errors,
                    std::vector<Warning>& warnings) {
    if (json.size() <= kMaxItemJsonBytes) {
      buffer_.assign(json);
      buffer_.append(kJsonPadding, '\0');
      json = std::string_view(buffer_).substr(0, json.size());
    }
    return run(json, out, errors, warnings);
  }

  bool run(std::string_view json, T& out, std::vector<FieldError>& errors,
           std::vector<Warning>& warnings) {
    begin(errors, warnings);
    out_ = &out;
    seen_ = given_ = 0;
    expected_ = 0;
    std::apply([&](const auto&... f) { (wire::reset(out.*(f.member)), ...); },
               Description<T>::kFields);
    if (json.size() > kMaxItemJsonBytes) {
      found_->note("", "too_large",
                   "an item has at most " + std::to_string(kMaxItemJsonBytes) + " bytes of JSON");
    } else if (read_document(json)) {
      check_presence();
      check_references();
      check_times();
    }
    return errors.empty();
  }

 private:
  using Reader = bool (*)(Reading&, Value);

  static constexpr auto kInfos = field_infos<T>();
  static constexpr std::size_t kUnknown = kInfos.size();
  static_assert(kInfos.size() <= 32, "a bit a field");

  static constexpr bool has_counts() {
    for (const FieldInfo& info : kInfos) {
      if (info.shape == Shape::kCounts) return true;
    }
    return false;
  }
  static constexpr std::size_t kMaxKeys =
      kMaxItemJsonKeys + (has_counts() ? kMaxCounts * kCountParts.size() : 0);

  static constexpr std::uint32_t bit(std::size_t index) { return 1U << index; }
  static constexpr std::uint32_t bit_of(std::string_view name) {
    for (std::size_t i = 0; i < kInfos.size(); ++i) {
      if (kInfos[i].name == name) return bit(i);
    }
    return 0;
  }
  [[nodiscard]] bool is_given(std::string_view name) const { return (given_ & bit_of(name)) != 0; }

  bool read_document(std::string_view json) {
    simdjson::ondemand::document document;
    if (!fine(parser_.iterate(simdjson::padded_string_view(json, json.size() + kJsonPadding))
                  .get(document)))
      return false;
    Type type{};
    if (!fine(document.type().get(type))) return false;
    if (type != Type::object) return found_->stop("object", "an item is one JSON object");
    simdjson::ondemand::object object;
    if (!fine(document.get_object().get(object))) return false;
    for (auto member : object) {
      std::string_view name;
      Value value;
      if (!fine(member.unescaped_key().get(name)) || !fine(member.value().get(value))) return false;
      if (!count_key() || !read_member(name, value)) return false;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return found_->stop("json", "something follows the object");
    return true;
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

  bool read_member(std::string_view name, Value value) {
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
    Type type{};
    if (!fine(value.type().get(type))) return false;
    if (type == Type::null) {  // as if it had been left out
      return json_token::is_literal(token(value)) || broken_token();
    }
    given_ |= bit(index);
    return kReaders[index](*this, value);
  }

  bool read_unknown(std::string_view name, Value value) {
    path_.clear();
    text_rules::append_pointer_token(path_, name);
    const bool again = is_repeated(name, 0);
    if (refuses(name)) found_->note_personal(path_);
    else if (again) found_->note(path_, "duplicate_key", "give each name once");
    else found_->warn(path_, "unknown_field", "dropped: the schema has no such field");
    return walk(value, 1);
  }

  // ---- rules between members ----

  void check_presence() {
    const bool withdrawing = is_given("withdraws");
    for (std::size_t i = 0; i < kInfos.size(); ++i) {
      const FieldInfo& info = kInfos[i];
      if (info.origin != Origin::kSender || info.presence == Presence::kOptional ||
          (given_ & bit(i)) != 0)
        continue;
      if (info.presence == Presence::kUnlessWithdrawing && withdrawing) continue;
      found_->note(Place{info, {}}, "required", "is required: " + std::string(wanted(info.shape)));
    }
  }

  void check_references() {
    if (is_given("withdraws") && is_given("corrects")) {
      found_->note("/withdraws", "corrects_and_withdraws",
                   "an item either corrects or withdraws another one");
    }
    if constexpr (std::is_same_v<decltype(T::corrects), std::string_view>) {
      constexpr const char* kHint = "names another item than itself";
      if (is_given("corrects") && !out_->corrects.empty() && out_->corrects == out_->partner_ref)
        found_->note("/corrects", "refers_to_itself", kHint);
      if (is_given("withdraws") && !out_->withdraws.empty() && out_->withdraws == out_->partner_ref)
        found_->note("/withdraws", "refers_to_itself", kHint);
    }
  }

  void check_times() {
    if constexpr (std::is_same_v<T, ClearanceOrdered>) {
      if (out_->from && out_->until && out_->until->at < out_->from->at)
        found_->note("/until", "until_before_from", "a window ends after it begins");
    }
  }

  template <std::size_t I>
  static bool read_field(Reading& reading, Value value) {
    constexpr auto kMember = std::get<I>(Description<T>::kFields).member;
    return reading.read(value, kInfos[I], reading.out_->*kMember);
  }
  template <std::size_t... I>
  static constexpr std::array<Reader, sizeof...(I)> readers(std::index_sequence<I...>) {
    return {&read_field<I>...};
  }
  static const std::array<Reader, kInfos.size()> kReaders;

  simdjson::ondemand::parser parser_;
  std::string buffer_;  // the padded copy of `parse`
  T* out_ = nullptr;
  std::size_t expected_ = 0;
  std::uint32_t seen_ = 0;   // by index of the field: the name was there
  std::uint32_t given_ = 0;  // ... and not null
};

template <typename T>
const std::array<typename ItemParser<T>::Reading::Reader, ItemParser<T>::Reading::kInfos.size()>
    ItemParser<T>::Reading::kReaders =
        Reading::readers(std::make_index_sequence<Reading::kInfos.size()>{});

template <typename T>
ItemParser<T>::ItemParser(const CodeLists& codes) : reading_(std::make_unique<Reading>(codes)) {}
template <typename T>
ItemParser<T>::~ItemParser() = default;
template <typename T>
ItemParser<T>::ItemParser(ItemParser&&) noexcept = default;
template <typename T>
ItemParser<T>& ItemParser<T>::operator=(ItemParser&&) noexcept = default;

template <typename T>
bool ItemParser<T>::parse(std::string_view json, T& out, std::vector<FieldError>& errors,
                          std::vector<Warning>& warnings) {
  return reading_->copy_and_run(json, out, errors, warnings);
}

template <typename T>
bool ItemParser<T>::parse_padded(std::string_view json, T& out, std::vector<FieldError>& errors,
                                 std::vector<Warning>& warnings) {
  return reading_->run(json, out, errors, warnings);
}

}  // namespace lamplight
