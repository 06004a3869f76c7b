#include "runtime/outbox.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"
#include "model/frame.hpp"

namespace lamplight::runtime {

namespace {
constexpr std::size_t kEventFields =
    64;  // what an event's encoding needs beside subject and payload
constexpr std::size_t kMostKnown = 64;
}  // namespace

Id16 output_id(std::string_view service, Offset cause, std::uint32_t index) {
  MsgpackWriter name;
  name.array(3);
  name.str(service);
  name.uint(cause.value);
  name.uint(index);
  Id16 id = Id16::from(sha256(name.bytes()).span().first(16));
  id.bytes[6] = static_cast<std::uint8_t>(0x80 | (id.bytes[6] & 0x0F));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

Outbox::Outbox(std::string service, std::vector<std::string> subjects)
    : service_(std::move(service)), subjects_(std::move(subjects)) {}

void Outbox::begin(Offset cause) {
  cause_ = cause;
  count_ = 0;
  encoded_.clear();
  fault_.reset();
}

bool Outbox::fits(std::string_view subject, std::size_t payload_bytes) const {
  const std::size_t most = subject.size() + payload_bytes + kEventFields;
  return count_ < kMaxStepOutputs && most <= kMaxEventBytes &&
         encoded_.buffer().size() + most <= kMaxStepBytes;
}

void Outbox::add(std::string_view subject, std::uint32_t schema, Bytes payload) {
  if (fault_) return;
  if (!is_known(subject)) {
    if (!is_valid_subject(subject)) return fail(Code::kInvalid, "its subject is no subject");
    if (!may_publish(subject)) {
      return fail(Code::kForbidden,
                  fmt::format("{} may not publish '{}'", service_, std::string(subject)));
    }
    if (known_.size() < kMostKnown) known_.emplace_back(subject);
  }
  if (!fits(subject, payload.size())) {
    return fail(Code::kTooLarge,
                fmt::format("a payload of {} bytes; a step holds {} events and {} bytes in all, an "
                            "event {} bytes; ask Outbox::fits",
                            payload.size(), kMaxStepOutputs, kMaxStepBytes, kMaxEventBytes));
  }
  EventContent event;
  event.subject = subject;
  event.id = next_id();
  event.cause = cause_;
  event.schema = schema;
  event.payload = payload;
  write_event_content(encoded_, event);
  ++count_;
}

bool Outbox::is_known(std::string_view subject) const {
  return std::find(known_.begin(), known_.end(), subject) != known_.end();
}

bool Outbox::may_publish(std::string_view subject) const {
  return !subject.starts_with("control.") &&
         std::any_of(subjects_.begin(), subjects_.end(),
                     [subject](const std::string& pattern) { return matches(pattern, subject); });
}

void Outbox::fail(Code code, const std::string& why) {
  fault_ = Error(code, fmt::format("output {} on offset {}: {}", count_, cause_.value, why));
}

}  // namespace lamplight::runtime
