#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace lamplight::http {

/// Takes a streamed body apart into its items, JSON objects: one object, an array of objects, or NDJSON, of any length
/// in bounded memory. Finds where items end; whether they are valid JSON is for whoever parses them.
///
/// The same items and errors come out however the body is cut into pieces. Items count from 0.
/// Threads: one at a time.
class ItemSplitter {
 public:
  enum class Format {
    kJson,  ///< application/json: one object, or one array of objects
    kNdjson,  ///< application/x-ndjson: an object a line; blank lines are skipped, a bad line costs only itself
    kByFirstByte,  ///< '[': an array; '{': one object, or several with blanks between
  };
  /// Nothing for a media type that is none of ours: answer 415. Parameters such as charset are passed over.
  [[nodiscard]] static std::optional<Format> format_of(std::string_view content_type);

  struct Limits {
    std::size_t item_bytes = 64 * 1024;
    unsigned depth = 32;  ///< of braces and brackets in an item, at most 64
  };

  struct Item {
    std::uint64_t index = 0;
    std::string_view text;  ///< from '{' to '}'; empty when there is an error
    /// Why this one item can't be taken; the next ones come all the same.
    ///   kTooLarge  over item_bytes, or nested deeper than depth;
    ///   kInvalid   (NDJSON only) the line is not one object.
    const Error* error = nullptr;
  };
  /// `item` lives until the call returns. Its text has as many readable bytes behind it as the piece fed had, up to
  /// kBodyPadding, so pieces straight from a BodySink need no copy before simdjson.
  using OnItem = std::function<void(const Item& item)>;

  explicit ItemSplitter(Format format) : ItemSplitter(format, Limits{}) {}
  ItemSplitter(Format format, Limits limits);

  /// Errors: kInvalid, naming item and byte: the body is not a sequence of items from there on. Items already given
  ///   stand; the splitter takes nothing more and repeats the error.
  [[nodiscard]] Result<void> feed(std::string_view piece, const OnItem& on_item);
  /// The body is complete. Errors: kInvalid when it ends too early or was empty.
  [[nodiscard]] Result<void> finish(const OnItem& on_item);

  [[nodiscard]] std::uint64_t items() const { return items_; }

 private:
  enum class State : std::uint8_t {
    kStart,     ///< nothing but blanks and perhaps a byte order mark yet
    kFirst,     ///< behind '[': an item or ']'
    kNext,      ///< behind ',': an item
    kItem,      ///< in an object
    kAfter,     ///< behind an item of an array: ',' or ']'
    kMore,      ///< behind an object that stands alone: blanks, or (by first byte) another
    kDone,      ///< behind ']': blanks
    kLine,      ///< NDJSON, at the start of a line
    kLineTail,  ///< NDJSON, behind the object or in a bad line
    kFailed,
  };
  enum class Shape : std::uint8_t { kUnknown, kArray, kObjects, kLines };

  [[nodiscard]] std::size_t plain_bytes(std::string_view ahead) const;
  void take(char c, std::size_t at, std::string_view piece, const OnItem& on_item);
  void take_start(char c, std::size_t at);
  void take_item(char c, std::size_t at, std::string_view piece, const OnItem& on_item);
  void take_structure(char c);
  void take_line_tail(char c, std::size_t at, std::string_view piece, const OnItem& on_item);
  void begin_item(std::size_t at);
  void close_item(std::size_t at, std::string_view piece, const OnItem& on_item);
  void emit(std::string_view last_part, const OnItem& on_item);
  void spoil(Code code, const char* rule);
  void fail(const char* rule);

  const Format format_;
  const Limits limits_;
  Shape shape_ = Shape::kUnknown;
  State state_ = State::kStart;
  std::uint64_t items_ = 0;
  std::uint64_t bytes_ = 0;  ///< taken so far, for positions in errors
  std::optional<Error> failure_;

  // The item under way.
  std::string carried_;    ///< its bytes from pieces before this one
  std::size_t begin_ = 0;  ///< where it begins in this piece
  std::size_t size_ = 0;
  unsigned depth_ = 0;
  std::uint64_t open_ = 0;  ///< a bit a level: 1 for '[', 0 for '{'
  bool in_string_ = false;
  bool escaped_ = false;
  std::optional<Error> spoiled_;
};

}  // namespace lamplight::http
