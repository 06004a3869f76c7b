#include "console/requests.hpp"

#include <algorithm>
#include <utility>

#include "console/cases.hpp"
#include "model/limits.hpp"

namespace lamplight::console {

namespace {

constexpr std::string_view kPrefix = "inner.";
constexpr std::string_view kSuffix = "_submitted";

/// The ask of a request's subject; empty for anything else.
std::string_view ask_of(std::string_view subject) {
  if (!subject.starts_with(kPrefix) || !subject.ends_with(kSuffix)) return {};
  subject.remove_prefix(kPrefix.size());
  subject.remove_suffix(kSuffix.size());
  return subject;
}

/// The actor is the first field of every request; one that is no key of anybody's is nobody's.
std::string actor_of(Bytes payload) {
  MsgpackReader reader(payload);
  if (reader.array() == 0) return {};
  const std::string_view actor = reader.str();
  return reader.ok() && actor.size() <= kMaxReferenceBytes ? std::string(actor) : std::string();
}

/// Unless another one has taken the place.
void forget(std::unordered_map<Id16, Offset>& map, const Id16& id, Offset offset) {
  const auto found = map.find(id);
  if (found != map.end() && found->second == offset) map.erase(found);
}

}  // namespace

void Requests::evolve(const Event& event) {
  if (const std::string_view ask = ask_of(event.subject); !ask.empty()) {
    Request request;
    request.id = event.id;
    request.offset = event.offset;
    request.time = event.time;
    request.key = event.dedupe;
    request.actor = actor_of(event.payload);
    request.ask = ask;
    return add(std::move(request));
  }
  if (event.producer != kInnerLoop) return;
  Request* request = at(event.cause);
  if (request == nullptr || request->answered()) return;
  if (event.subject == kCaseRefused) {
    CaseRefused said;
    if (!decode(event.payload, said)) return;
    request->rule = said.rule.empty() ? "refused" : std::string(said.rule);
    request->case_id = said.case_id.value_or(Id16{});
    request->version = said.version;
    request->state = said.state;
    request->allowed.assign(said.allowed.begin(), said.allowed.end());
  } else {
    CaseEvent said;
    if (!decode(event.payload, said)) return;
    request->case_id = said.case_id;
    request->version = said.version;
    request->state = said.state;
  }
  request->answer = event.offset;
}

void Requests::add(Request request) {
  by_id_[request.id] = request.offset;
  if (request.key) by_key_[*request.key] = request.offset;
  requests_.push_back(std::move(request));
  if (requests_.size() <= kKept) return;
  const Request& oldest = requests_.front();
  forget(by_id_, oldest.id, oldest.offset);
  if (oldest.key) forget(by_key_, *oldest.key, oldest.offset);
  requests_.pop_front();
}

Request* Requests::at(Offset offset) {
  return const_cast<Request*>(std::as_const(*this).by_offset(offset));
}

const Request* Requests::by_offset(Offset offset) const {
  const auto found = std::lower_bound(
      requests_.begin(), requests_.end(), offset,
      [](const Request& request, Offset wanted) { return request.offset < wanted; });
  return found == requests_.end() || found->offset != offset ? nullptr : &*found;
}

const Request* Requests::by_id(const Id16& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : by_offset(found->second);
}

const Request* Requests::by_key(const Id16& key, TimeUs now) const {
  const auto found = by_key_.find(key);
  const Request* request = found == by_key_.end() ? nullptr : by_offset(found->second);
  return request == nullptr || now.value - request->time.value > kDedupeUs ? nullptr : request;
}

void Requests::save(MsgpackWriter& out) const {
  out.array(static_cast<std::uint32_t>(requests_.size()));
  for (const Request& request : requests_) {
    out.array(12);
    out.bin(request.id.span());
    out.uint(request.offset.value);
    out.sint(request.time.value);
    wire::write(out, request.key);
    out.str(request.actor);
    out.str(request.ask);
    out.uint(request.answer.value);
    out.str(request.rule);
    out.bin(request.case_id.span());
    out.sint(request.version);
    out.str(request.state);
    out.array(static_cast<std::uint32_t>(request.allowed.size()));
    for (const std::string& ask : request.allowed) out.str(ask);
  }
}

void Requests::load(MsgpackReader& in) {
  const std::uint32_t count = in.array();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    if (in.array() != 12) return in.fail();
    Request request;
    wire::read(in, request.id);
    request.offset.value = in.uint();
    request.time.value = in.sint();
    wire::read(in, request.key);
    request.actor = in.str();
    request.ask = in.str();
    request.answer.value = in.uint();
    request.rule = in.str();
    wire::read(in, request.case_id);
    request.version = in.sint();
    request.state = in.str();
    const std::uint32_t allowed = in.array();
    for (std::uint32_t n = 0; n < allowed && in.ok(); ++n) request.allowed.emplace_back(in.str());
    add(std::move(request));
  }
}

}  // namespace lamplight::console
