#pragma once

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "findings.hpp"
#include "json_token.hpp"
#include "model/code_lists.hpp"
#include "model/item_parser.hpp"
#include "text_rules.hpp"

namespace lamplight {

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

/// What one parse needs whatever the item: bounds, findings, and the walk through values that are not kept.
/// Methods that return bool say whether the text is still JSON within its bounds; broken rules of fields are noted and
/// reading goes on. All of it stands in headers: a parse takes a microsecond, calls between files would show.
class JsonReading {
 protected:
  using Value = simdjson::ondemand::value;
  using Type = simdjson::ondemand::json_type;

  JsonReading(const CodeLists& codes, std::size_t max_keys) : codes_(codes), max_keys_(max_keys) {}

  void begin(std::vector<FieldError>& errors, std::vector<Warning>& warnings) {
    found_.emplace(errors, warnings, kMaxFieldErrors, kMaxWarnings);
    keys_ = 0;
    key_stack_.clear();
  }

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

  bool count_key() {
    return ++keys_ <= max_keys_ ||
           found_->stop("too_many_fields",
                        "at most " + std::to_string(max_keys_) + " names in one item");
  }

  // ---- names that no body may hold ----

  bool refuses(std::string_view name) { return codes_.deny_list().refuses(name, scratch_); }

  bool skip(const Place& place, Value value) {
    path_ = pointer_to(place);
    return walk(value, 1);
  }

  // Whether `name` stands behind `first_key` on the stack; puts it there.
  bool is_repeated(std::string_view name, std::size_t first_key) {
    const auto from = key_stack_.begin() + static_cast<std::ptrdiff_t>(first_key);
    const bool again = std::find(from, key_stack_.end(), name) != key_stack_.end();
    key_stack_.push_back(name);
    return again;
  }

  // Visits all of a value that is not kept: every name in it is held against the deny-list, and nothing in it may be
  // other than JSON (on-demand checks only what is visited). `path_` points to the value.
  bool walk(Value value, std::size_t depth) {
    if (depth > kMaxItemJsonDepth) {
      return found_->stop("depth",
                          "at most " + std::to_string(kMaxItemJsonDepth) + " levels of nesting");
    }
    Type type{};
    if (!fine(value.type().get(type))) return false;
    switch (type) {
      case Type::object: return walk_object(value, depth);
      case Type::array: return walk_array(value, depth);
      case Type::string: {
        std::string_view text;
        return fine(value.get_string().get(text));
      }
      case Type::number: return json_token::is_number(token(value)) || broken_token();
      case Type::boolean:
      case Type::null: return json_token::is_literal(token(value)) || broken_token();
    }
    return broken_token();
  }

  bool walk_object(Value value, std::size_t depth) {
    simdjson::ondemand::object object;
    if (!fine(value.get_object().get(object))) return false;
    const std::size_t path_size = path_.size();
    const std::size_t first_key = key_stack_.size();
    for (auto member : object) {
      std::string_view name;
      Value inner;
      if (!fine(member.unescaped_key().get(name)) || !fine(member.value().get(inner)) ||
          !count_key())
        return false;
      text_rules::append_pointer_token(path_, name);
      const bool again = is_repeated(name, first_key);
      if (refuses(name)) found_->note_personal(path_);
      else if (again) found_->note(path_, "duplicate_key", "give each name once");
      if (!walk(inner, depth + 1)) return false;
      path_.resize(path_size);
    }
    key_stack_.resize(first_key);
    return true;
  }

  bool walk_array(Value value, std::size_t depth) {
    simdjson::ondemand::array array;
    if (!fine(value.get_array().get(array))) return false;
    const std::size_t path_size = path_.size();
    std::size_t index = 0;
    for (auto element : array) {
      Value inner;
      if (!fine(element.get(inner))) return false;
      path_ += '/';
      path_ += std::to_string(index++);
      if (!walk(inner, depth + 1)) return false;
      path_.resize(path_size);
    }
    return true;
  }

  static std::string_view token(Value& value) {
    return json_token::trimmed(value.raw_json_token());
  }

  const CodeLists& codes_;
  const std::size_t max_keys_;
  std::string scratch_;                      // room for names under comparison
  std::string path_;                         // pointer of what `walk` visits
  std::vector<std::string_view> key_stack_;  // names of the open objects, to find repeats
  std::optional<Findings> found_;            // of this parse
  std::size_t keys_ = 0;
};

}  // namespace lamplight
