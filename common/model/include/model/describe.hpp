#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "model/alert.hpp"
#include "model/code_lists.hpp"
#include "model/msgpack_wire.hpp"
#include "model/results.hpp"

/// Each message type is described once: `Description<T>::kFields`, one `field(...)` a member, in wire order. The codecs,
/// the JSON Schema and the documentation table all walk that tuple. Fields are only appended, never moved or re-used.
namespace lamplight {

/// Who may leave a field out.
enum class Presence : std::uint8_t {
  kRequired,
  kUnlessWithdrawing,  ///< required, but not of an item that takes another one out
  kOptional,
};

/// Who says it.
enum class Origin : std::uint8_t {
  kSender,  ///< the partner's JSON
  kIntake,  ///< set by the service at the edge; refused from outside
};

/// The JSON form, derived from the member's type.
enum class Shape : std::uint8_t {
  kText,
  kStatus,
  kCodes,
  kPlaces,
  kStages,
  kCounts,
  kStamp,
  kInteger,
  kBound,
  kId,
};

template <typename T>
struct ShapeOf;
template <typename T>
struct ShapeOf<std::optional<T>> : ShapeOf<T> {};
template <Shape S>
struct ShapeIs {
  static constexpr Shape kShape = S;
};
template <>
struct ShapeOf<std::string_view> : ShapeIs<Shape::kText> {};
template <>
struct ShapeOf<AlertStatus> : ShapeIs<Shape::kStatus> {};
template <>
struct ShapeOf<std::vector<std::string_view>> : ShapeIs<Shape::kCodes> {};
template <>
struct ShapeOf<std::vector<PlaceCode>> : ShapeIs<Shape::kPlaces> {};
template <>
struct ShapeOf<std::vector<StageStamp>> : ShapeIs<Shape::kStages> {};
template <>
struct ShapeOf<std::vector<Count>> : ShapeIs<Shape::kCounts> {};
template <>
struct ShapeOf<Bound> : ShapeIs<Shape::kBound> {};
template <>
struct ShapeOf<Stamp> : ShapeIs<Shape::kStamp> {};
template <>
struct ShapeOf<std::int64_t> : ShapeIs<Shape::kInteger> {};
template <>
struct ShapeOf<Id16> : ShapeIs<Shape::kId> {};

/// What a value must keep to beyond its shape. Make one with the functions below.
struct Rule {
  bool reference = false;  ///< printable ASCII without spaces; else a code of UTF-8 text
  bool token = false;      ///< of a person: 16 to 64 of A-Z a-z 0-9 _ -, with letters and digits
  bool document = false;   ///< text of any length up to max_bytes, never from outside
  bool number_shaped_refused =
      false;                     ///< eleven digits in a row look like a phone or document number
  std::optional<CodeList> list;  ///< whose codes these are
  std::size_t max_bytes = 0;     ///< of a text or of each code
  std::size_t max_items = 0;     ///< of a list or an object
  std::int64_t min = 0;          ///< of an integer
  std::int64_t max = 0;
};

inline constexpr std::size_t kMaxCodeBytes = 64;
inline constexpr std::size_t kMaxPlaceBytes = 40;  ///< of the code of a place
constexpr std::size_t max_place_bytes(PlaceForm form) {
  return form == PlaceForm::kHash ? kMaxCodeBytes : kMaxPlaceBytes;
}
inline constexpr std::size_t kMaxReferenceBytes = 64;
/// Whether a text is an opaque reference: printable ASCII without spaces, within its bound.
constexpr bool is_reference(std::string_view text) {
  return !text.empty() && text.size() <= kMaxReferenceBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}
inline constexpr std::size_t kMaxListItems = 16;
inline constexpr std::size_t kMaxUnits = 200;   ///< of one list of units
inline constexpr std::size_t kMaxCounts = 200;  ///< numbers of one report
/// The greatest number that an item says, and below zero the least: in fen, ten thousand million yuan. Nine million of
/// the greatest add up within 64 bits. Older payloads may hold greater ones: they are decoded, so sums must be ready.
inline constexpr std::int64_t kMaxNumber = 1'000'000'000'000;
static_assert(kMaxUnits <= wire::kMaxElements && kMaxCounts <= wire::kMaxElements);

namespace rule {
constexpr Rule none() { return {}; }
/// A number of the sender's own, opaque to us.
constexpr Rule reference() {
  Rule r;
  r.reference = true;
  r.max_bytes = kMaxReferenceBytes;
  return r;
}
/// A person's pseudonymous key.
constexpr Rule token() {
  Rule r;
  r.token = true;
  r.max_bytes = kMaxReferenceBytes;
  r.number_shaped_refused = true;
  return r;
}
/// A whole document. Only services and commands of ours send such a field.
constexpr Rule document(std::size_t max_bytes) {
  Rule r;
  r.document = true;
  r.max_bytes = max_bytes;
  return r;
}
/// Numbers of a report.
constexpr Rule counts() {
  Rule r;
  r.list = CodeList::kCount;
  r.max_bytes = kMaxCodeBytes;
  r.max_items = kMaxCounts;
  r.number_shaped_refused = true;
  return r;
}
/// One code of a list.
constexpr Rule code(CodeList list) {
  Rule r;
  r.list = list;
  r.max_bytes = kMaxCodeBytes;
  r.number_shaped_refused = true;
  return r;
}
/// Several codes of a list, or an object keyed by codes of a list.
constexpr Rule codes(CodeList list) {
  Rule r;
  r.list = list;
  r.max_bytes = kMaxCodeBytes;
  r.max_items = kMaxListItems;
  r.number_shaped_refused = true;
  return r;
}
constexpr Rule range(std::int64_t min, std::int64_t max) {
  Rule r;
  r.min = min;
  r.max = max;
  return r;
}
}  // namespace rule

/// What is known of a field without its type: enough for schemas, tables and messages.
struct FieldInfo {
  std::string_view name;  ///< in JSON
  Shape shape = Shape::kText;
  Origin origin = Origin::kSender;
  Presence presence = Presence::kOptional;
  Rule rule;
  std::string_view en;
  std::string_view zh;
};

/// The members of an object in a field of shape kCounts, in wire order.
inline constexpr std::array<FieldInfo, 5> kCountParts = {{
    {"what", Shape::kText, Origin::kSender, Presence::kRequired, rule::code(CodeList::kCount),
     "What is counted.", "统计项目。"},
    {"kind", Shape::kText, Origin::kSender, Presence::kOptional, rule::code(CodeList::kCountKind),
     "Of which kind.", "种类。"},
    {"result", Shape::kText, Origin::kSender, Presence::kOptional,
     rule::code(CodeList::kCountResult), "With which result.", "结果。"},
    {"n", Shape::kInteger, Origin::kSender, Presence::kRequired, rule::range(0, kMaxNumber),
     "The number; 0 says that there was none.", "数值;0 表示没有。"},
    {"bound", Shape::kBound, Origin::kSender, Presence::kOptional, rule::none(),
     "exact, at_least (余) or reaches (达); exact when left out.",
     "exact 准确、at_least 余、reaches 达;不填为准确。"},
}};

template <typename Struct, typename Member>
struct Field {
  Member Struct::*member;
  FieldInfo info;
};

template <typename Struct, typename Member>
constexpr Field<Struct, Member> field(std::string_view name, Member Struct::*member, Origin origin,
                                      Presence presence, const Rule& rule, std::string_view en,
                                      std::string_view zh) {
  return {member, FieldInfo{name, ShapeOf<Member>::kShape, origin, presence, rule, en, zh}};
}

/// Specialised once a message type: kSubject, kVersion, kName (of files: alert), kTitle (for people: Alert), kFields; kPath
/// (POST /v1/<path>) where senders post it. A type that lies under several subjects has kSubjects in the place of kSubject.
template <typename Struct>
struct Description;

template <typename Struct>
[[nodiscard]] constexpr bool has_subject(std::string_view subject) {
  using D = Description<Struct>;
  if constexpr (requires { D::kSubjects; }) {
    return std::find(D::kSubjects.begin(), D::kSubjects.end(), subject) != D::kSubjects.end();
  } else {
    return subject == D::kSubject;
  }
}
/// What files about its event are called: its subject with - for the dots, or its name where it has several subjects.
template <typename Struct>
[[nodiscard]] std::string event_file_name() {
  using D = Description<Struct>;
  if constexpr (requires { D::kSubjects; }) {
    return std::string(D::kName);
  } else {
    std::string name(D::kSubject);
    std::replace(name.begin(), name.end(), '.', '-');
    return name;
  }
}

template <typename Struct>
inline constexpr std::size_t kFieldCount =
    std::tuple_size_v<std::remove_cvref_t<decltype(Description<Struct>::kFields)>>;

/// The fields of a type in wire order, for code that needs no types.
template <typename Struct>
constexpr std::array<FieldInfo, kFieldCount<Struct>> field_infos() {
  return std::apply([](const auto&... f) { return std::array<FieldInfo, sizeof...(f)>{f.info...}; },
                    Description<Struct>::kFields);
}

/// Appends the payload: a MessagePack array in schema order.
template <typename Struct>
void encode(const Struct& from, MsgpackWriter& out) {
  out.array(static_cast<std::uint32_t>(kFieldCount<Struct>));
  std::apply([&](const auto&... f) { (wire::write(out, from.*(f.member)), ...); },
             Description<Struct>::kFields);
}

/// Reads a payload into `out`, whose vectors keep their room. A shorter array leaves defaults, what is longer is passed
/// over. False when the bytes are no such payload; `out` then holds nothing of use.
template <typename Struct>
[[nodiscard]] bool decode(Bytes payload, Struct& out) {
  MsgpackReader reader(payload);
  const std::uint32_t count = reader.array();
  std::uint32_t index = 0;
  const auto read_one = [&](const auto& f) {
    if (index++ < count) wire::read(reader, out.*(f.member));
    else wire::reset(out.*(f.member));
  };
  std::apply([&](const auto&... f) { (read_one(f), ...); }, Description<Struct>::kFields);
  for (; index < count && reader.ok(); ++index) reader.skip();
  return reader.ok() && reader.at_end();
}

}  // namespace lamplight
