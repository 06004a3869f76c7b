#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.hpp"

namespace lamplight {

/// What kind of expected failure happened. Each library documents which of these its calls return.
enum class Code {
  kInvalid,      ///< input breaks a rule; the message names field and rule
  kNotFound,     ///< nothing there under that name, id or offset
  kExists,       ///< already there, and different
  kTooLarge,     ///< over a stated limit
  kOverloaded,   ///< a bounded queue is full; retry later
  kTimeout,      ///< no answer within the stated time
  kFenced,       ///< another instance took over, or an earlier write or sync failed
  kOutOfOrder,   ///< sequence gap or overlap; the message names the expected number
  kDuplicate,    ///< a dedupe key is already on the log
  kDamaged,      ///< stored bytes fail their check; the message names file and byte
  kIo,           ///< the operating system said no; the message names call, path and reason
  kUnavailable,  ///< the other side is not there (connection refused, stopping)
  kForbidden,    ///< not allowed for this name
  kUnsupported,  ///< unknown version or feature
};

/// Short stable name of a code, snake_case, as used in metrics labels and wire refusals.
[[nodiscard]] std::string_view to_string(Code code);
/// The reverse of to_string; empty for an unknown name.
[[nodiscard]] std::optional<Code> code_from(std::string_view name);

/// An expected failure: what failed, where, and what to do next.
class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  [[nodiscard]] Code code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  /// The same failure seen from one level up: "context: message".
  [[nodiscard]] Error with(std::string_view context) const;

 private:
  Code code_;
  std::string message_;
};

/// A value or an Error. Take `value()` only after testing; a wrong access ends the process.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return error;` both read well.
  Result(T value)  // NOLINT(google-explicit-constructor)
      : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error)  // NOLINT(google-explicit-constructor)
      : held_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & {
    check_ok();
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] const T& value() const& {
    check_ok();
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] T&& value() && {
    check_ok();
    return std::move(*std::get_if<0>(&held_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    LAMPLIGHT_CHECK(!ok(), "error() of a Result that holds a value");
    return *std::get_if<1>(&held_);
  }

 private:
  void check_ok() const {
    if (!ok()) [[unlikely]]
      check_failed(std::get_if<1>(&held_)->message().c_str(), __FILE__, __LINE__);
  }
  std::variant<T, Error> held_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error)  // NOLINT(google-explicit-constructor)
      : error_(std::move(error)) {}

  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const {
    LAMPLIGHT_CHECK(!ok(), "error() of a Result without one");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace lamplight
