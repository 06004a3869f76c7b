#include <rapidjson/writer.h>

#include "model/item_json.hpp"
#include "model/own_types.hpp"
#include "model/rfc3339.hpp"

namespace lamplight {

namespace {

// What rapidjson wants of a stream; appends to a string that keeps its room.
struct StringStream {
  using Ch = char;
  std::string& out;
  void Put(char c) { out.push_back(c); }
  void Flush() {}
};
using Writer = rapidjson::Writer<StringStream>;

void put(Writer& writer, std::string_view text) {
  writer.String(text.data() == nullptr ? "" : text.data(),
                static_cast<rapidjson::SizeType>(text.size()));
}
void key(Writer& writer, std::string_view name) {
  writer.Key(name.data() == nullptr ? "" : name.data(),
             static_cast<rapidjson::SizeType>(name.size()));
}
void put(Writer& writer, AlertStatus status) { put(writer, to_string(status)); }
void put(Writer& writer, std::int64_t number) { writer.Int64(number); }
void put(Writer& writer, const Id16& id) { put(writer, std::string_view(to_uuid(id))); }
void put(Writer& writer, const Stamp& stamp) { put(writer, std::string_view(to_rfc3339(stamp))); }

void put(Writer& writer, const std::vector<std::string_view>& codes) {
  writer.StartArray();
  for (const std::string_view code : codes) put(writer, code);
  writer.EndArray();
}
void put(Writer& writer, const std::vector<PlaceCode>& places) {
  writer.StartObject();
  for (const PlaceCode& place : places) {
    key(writer, place.scheme);
    put(writer, place.code);
  }
  writer.EndObject();
}
void put(Writer& writer, const std::vector<StageStamp>& stages) {
  writer.StartObject();
  for (const StageStamp& stage : stages) {
    key(writer, stage.stage);
    put(writer, stage.at);
  }
  writer.EndObject();
}
void put(Writer& writer, Bound bound) { put(writer, to_string(bound)); }
void put(Writer& writer, const std::vector<Count>& counts) {
  writer.StartArray();
  for (const Count& count : counts) {
    writer.StartObject();
    key(writer, "what");
    put(writer, count.what);
    if (!count.kind.empty()) {
      key(writer, "kind");
      put(writer, count.kind);
    }
    if (!count.result.empty()) {
      key(writer, "result");
      put(writer, count.result);
    }
    key(writer, "n");
    put(writer, count.n);
    if (count.bound != Bound::kExact) {
      key(writer, "bound");
      put(writer, count.bound);
    }
    writer.EndObject();
  }
  writer.EndArray();
}
template <typename T>
void put(Writer& writer, const std::optional<T>& value) {
  put(writer, *value);
}

// Nothing was said: the field is left out.
template <typename T>
bool is_absent(const T&) {
  return false;
}
bool is_absent(std::string_view text) { return text.empty(); }
bool is_absent(Bound bound) { return bound == Bound::kExact; }
bool is_absent(const Id16& id) {
  return id == Id16{};
}  // what intake has not set yet: a sender's alert goes out so
template <typename T>
bool is_absent(const std::optional<T>& value) {
  return !value;
}
template <typename T>
bool is_absent(const std::vector<T>& values) {
  return values.empty();
}

// A withdrawal says nothing of these.
template <typename T, typename Member>
bool is_left_out(const T& item, const FieldInfo& info, const Member& value) {
  if constexpr (requires { item.withdraws; }) {
    return info.presence == Presence::kUnlessWithdrawing && !is_absent(item.withdraws) &&
           value == Member{};
  }
  return false;
}

}  // namespace

template <typename T>
void to_json(const T& item, std::string& out) {
  StringStream stream{out};
  Writer writer(stream);
  const auto put_field = [&](const auto& f) {
    const auto& value = item.*(f.member);
    if (is_absent(value) || is_left_out(item, f.info, value)) return;
    key(writer, f.info.name);
    put(writer, value);
  };
  writer.StartObject();
  std::apply([&](const auto&... f) { (put_field(f), ...); }, Description<T>::kFields);
  writer.EndObject();
}

template void to_json(const AlertReceived&, std::string&);
template void to_json(const ClearanceOrdered&, std::string&);
template void to_json(const ClearanceReported&, std::string&);
template void to_json(const CaseReported&, std::string&);
template void to_json(const PersonReported&, std::string&);
template void to_json(const HazardReported&, std::string&);
template void to_json(const FigureDeclared&, std::string&);
template void to_json(const CampaignDefined&, std::string&);
template void to_json(const OfficerAdded&, std::string&);
template void to_json(const OfficerChanged&, std::string&);
template void to_json(const OfficerRevoked&, std::string&);
template void to_json(const SettlementSubmitted&, std::string&);
template void to_json(const AssessmentSubmitted&, std::string&);
template void to_json(const DispatchSubmitted&, std::string&);
template void to_json(const FeedbackSubmitted&, std::string&);
template void to_json(const VerificationSubmitted&, std::string&);
template void to_json(const ReviewSubmitted&, std::string&);
template void to_json(const ReopeningSubmitted&, std::string&);
template void to_json(const RulesMoveSubmitted&, std::string&);
template void to_json(const PetitionSubmitted&, std::string&);
template void to_json(const CaseEvent&, std::string&);
template void to_json(const CaseRefused&, std::string&);
template void to_json(const RulesPublished&, std::string&);

void alert_to_json(const AlertReceived& alert, std::string& out) { to_json(alert, out); }

}  // namespace lamplight
