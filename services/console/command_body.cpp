#include "console/command_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/check.hpp"
#include "base/nearest.hpp"
#include "console/json_body.hpp"
#include "console/problems.hpp"
#include "model/inner_descriptions.hpp"
#include "model/text_check.hpp"

namespace lamplight::console {

namespace {

using inner::Ask;
using inner::NamedCode;

constexpr std::size_t kMaxItems = kMaxListItems;
/// Whoever breaks more rules at once hears of these first.
constexpr std::size_t kMaxErrors = 32;

/// One field of a body: a text, or a list of texts; of codes that are all known, or what its description's rule says.
struct FieldRule {
  std::string_view name;
  std::string CommandBody::*text = nullptr;
  std::vector<std::string> CommandBody::*list = nullptr;
  std::span<const NamedCode> codes = {};
};

constexpr std::array<FieldRule, 9> kFields = {{
    {"risk", &CommandBody::risk, nullptr, inner::Names<inner::Risk>::kAll},
    {"severity", &CommandBody::severity, nullptr, inner::Names<inner::Severity>::kAll},
    {"assignee", &CommandBody::assignee, nullptr, {}},
    {"outcome", &CommandBody::outcome, nullptr, inner::Names<inner::Outcome>::kAll},
    {"reason", &CommandBody::reason, nullptr, inner::Names<inner::Reason>::kAll},
    {"petition", &CommandBody::petition, nullptr, {}},
    {"area", &CommandBody::area, nullptr, {}},
    {"grounds", nullptr, &CommandBody::grounds, inner::Names<inner::Ground>::kAll},
    {"parties", nullptr, &CommandBody::parties, {}},
}};

/// Which fields a command takes; those with ! it needs.
struct AskRule {
  Ask ask;
  std::string_view fields;
};
constexpr std::array<AskRule, inner::kCount<Ask>> kAsks = {{
    {Ask::kSettlement, "risk grounds parties"},
    {Ask::kAssessment, "!risk severity grounds"},
    {Ask::kDispatch, "assignee"},
    {Ask::kFeedback, "grounds"},
    {Ask::kVerification, "!outcome reason"},
    {Ask::kReview, "!outcome"},
    {Ask::kReopening, "!reason"},
    {Ask::kRulesMove, ""},
    {Ask::kPetition, "!petition area severity parties"},
}};

template <typename T>
struct RequestOf {
  using Type = T;
};

/// f(RequestOf<T>{}) with the request that the command becomes.
template <typename F>
auto with_request(Ask ask, F&& f) {
  switch (ask) {
    case Ask::kSettlement: return f(RequestOf<SettlementSubmitted>{});
    case Ask::kAssessment: return f(RequestOf<AssessmentSubmitted>{});
    case Ask::kDispatch: return f(RequestOf<DispatchSubmitted>{});
    case Ask::kFeedback: return f(RequestOf<FeedbackSubmitted>{});
    case Ask::kVerification: return f(RequestOf<VerificationSubmitted>{});
    case Ask::kReview: return f(RequestOf<ReviewSubmitted>{});
    case Ask::kReopening: return f(RequestOf<ReopeningSubmitted>{});
    case Ask::kRulesMove: return f(RequestOf<RulesMoveSubmitted>{});
    case Ask::kPetition: return f(RequestOf<PetitionSubmitted>{});
  }
  LAMPLIGHT_CHECK(false, "every ask has its request");
}

template <typename T>
inline constexpr auto kInfosOf = field_infos<T>();

/// The rule of a field of the request. Every field that a command takes is one of its request's.
const Rule& described(Ask ask, std::string_view name) {
  const auto infos = with_request(ask, [](auto request) {
    return std::span<const FieldInfo>(kInfosOf<typename decltype(request)::Type>);
  });
  const auto found = std::find_if(infos.begin(), infos.end(),
                                  [name](const FieldInfo& info) { return info.name == name; });
  LAMPLIGHT_CHECK(found != infos.end(), "a command's field stands in its request");
  return found->rule;
}

struct TakenField {
  std::string name;
  bool needed = false;
  bool said = false;
};

std::vector<TakenField> fields_of(Ask ask) {
  std::vector<TakenField> out;
  std::string_view left = kAsks.at(static_cast<std::size_t>(ask)).fields;
  while (!left.empty()) {
    const std::string_view word = left.substr(0, left.find(' '));
    left.remove_prefix(std::min(left.size(), word.size() + 1));
    const bool needed = word.front() == '!';
    out.push_back({std::string(word.substr(needed ? 1 : 0)), needed, false});
  }
  return out;
}

class BodyReader {
 public:
  BodyReader(Ask ask, const CodeLists& lists) : ask_(ask), lists_(lists), fields_(fields_of(ask)) {}

  void read(const rapidjson::Value& object) {
    for (const auto& member : object.GetObject()) {
      if (errors.size() == kMaxErrors) return;
      const std::string name(member.name.GetString(), member.name.GetStringLength());
      const auto taken = std::find_if(fields_.begin(), fields_.end(),
                                      [&](const TakenField& field) { return field.name == name; });
      if (taken == fields_.end()) unknown(name);
      else if (taken->said) fail(name, "twice", "Say it once.");
      else if (taken->said = true; !member.value.IsNull()) value(rule_of(name), member.value);
    }
    for (const TakenField& field : fields_) {
      if (field.needed && rule_of(field.name).text != nullptr &&
          (body.*(rule_of(field.name).text)).empty() && !told(field.name))
        fail(field.name, "required", "Say it.");
    }
  }

  CommandBody body;
  std::vector<http::FieldError> errors;

 private:
  static const FieldRule& rule_of(std::string_view name) {
    return *std::find_if(kFields.begin(), kFields.end(),
                         [&](const FieldRule& rule) { return rule.name == name; });
  }
  void fail(std::string_view name, std::string rule, std::string hint) {
    errors.push_back({fmt::format("/{}", name), std::move(rule), std::move(hint)});
  }
  [[nodiscard]] bool told(std::string_view name) const {
    const std::string pointer = fmt::format("/{}", name);
    return std::any_of(errors.begin(), errors.end(),
                       [&](const http::FieldError& error) { return error.pointer == pointer; });
  }
  // The name is the sender's own text, so the pointer stays at the body.
  void unknown(const std::string& name) {
    std::vector<std::string> names;
    for (const TakenField& field : fields_) names.push_back(field.name);
    const auto near = nearest_name(name, names);
    errors.push_back(
        {"", "unknown_field",
         near ? fmt::format("Did you mean {}?", *near)
              : fmt::format(
                    "This command takes {}.",
                    names.empty() ? "no field" : fmt::format("{}", fmt::join(names, ", ")))});
  }
  void value(const FieldRule& rule, const rapidjson::Value& given) {
    if (rule.text != nullptr) {
      if (const auto text = checked(rule, rule.name, given)) body.*(rule.text) = *text;
      return;
    }
    if (!given.IsArray() || given.Size() > kMaxItems)
      return fail(rule.name, "list", fmt::format("A list of at most {} texts.", kMaxItems));
    for (const rapidjson::Value& item : given.GetArray()) {
      const std::string place = fmt::format("{}/{}", rule.name, (body.*(rule.list)).size());
      const auto text = checked(rule, place, item);
      if (!text) return;
      (body.*(rule.list)).push_back(*text);
    }
  }
  /// `place`: the field, or the field and the index in it.
  std::optional<std::string> checked(const FieldRule& rule, std::string_view place,
                                     const rapidjson::Value& given) {
    if (!given.IsString()) {
      fail(place, "text", "A text.");
      return std::nullopt;
    }
    std::string text(given.GetString(), given.GetStringLength());
    const bool kept =
        rule.codes.empty() ? keeps_rule(rule, place, text) : is_one_of(rule.codes, place, text);
    return kept ? std::optional(std::move(text)) : std::nullopt;
  }
  bool is_one_of(std::span<const NamedCode> codes, std::string_view place, std::string_view text) {
    std::vector<std::string_view> known;
    for (const NamedCode& each : codes) known.push_back(each.code);
    if (std::find(known.begin(), known.end(), text) != known.end()) return true;
    fail(place, "code", fmt::format("One of {}.", fmt::join(known, ", ")));
    return false;
  }
  bool keeps_rule(const FieldRule& rule, std::string_view place, std::string_view text) {
    const TextCheck check = check_text(described(ask_, rule.name), text, lists_);
    if (!check.broken.empty()) {
      fail(place, std::string(check.broken), check.hint);
      return false;
    }
    // What no list holds only the inner loop's rules can know, and theirs are references; a name with blanks is none.
    if (check.listed || is_reference(text)) return true;
    fail(place, "reference", "A code of the list, or 1 to 64 printable ASCII characters.");
    return false;
  }

  const Ask ask_;
  const CodeLists& lists_;
  std::vector<TakenField> fields_;
};

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

/// Fills what the type has of what was said.
template <typename T>
std::string_view encode_as(const CommandHead& head, const CommandBody& body, MsgpackWriter& out) {
  T said;
  said.actor = head.actor;
  if constexpr (requires { said.case_id; }) said.case_id = head.case_id;
  if constexpr (requires { said.expected_version; }) said.expected_version = head.expected_version;
  if constexpr (requires { said.risk; }) said.risk = body.risk;
  if constexpr (requires { said.severity; }) said.severity = body.severity;
  if constexpr (requires { said.assignee; }) said.assignee = body.assignee;
  if constexpr (requires { said.outcome; }) said.outcome = body.outcome;
  if constexpr (requires { said.reason; }) said.reason = body.reason;
  if constexpr (requires { said.petition; }) said.petition = body.petition;
  if constexpr (requires { said.area; }) said.area = body.area;
  if constexpr (requires { said.grounds; }) said.grounds = views(body.grounds);
  if constexpr (requires { said.parties; }) said.parties = views(body.parties);
  encode(said, out);
  return Description<T>::kSubject;
}

}  // namespace

ReadCommand read_command(Ask ask, std::string_view json, const CodeLists& lists) {
  JsonBody given = read_json_body(json.empty() ? "{}" : json);
  if (given.problem) return {std::nullopt, std::move(given.problem)};
  BodyReader reader(ask, lists);
  reader.read(given.object);
  if (!reader.errors.empty()) return {std::nullopt, broken_rules(std::move(reader.errors))};
  return {std::move(reader.body), std::nullopt};
}

std::string_view encode_command(Ask ask, const CommandHead& head, const CommandBody& body,
                                MsgpackWriter& out) {
  return with_request(ask, [&](auto request) {
    return encode_as<typename decltype(request)::Type>(head, body, out);
  });
}

}  // namespace lamplight::console
