// What edges publish to the inner loop: any bytes under any of its subjects are decided, twice alike, and what was decided
// can be evolved.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "inner/decider.hpp"
#include "model/alert_description.hpp"
#include "runtime/step.hpp"

namespace {

using namespace lamplight;

constexpr TimeUs kMonday{1'772'413'200'000'000};

const Id16 kCase = [] {
  Id16 id;
  id.bytes.fill(7);
  return id;
}();

Event input(std::string_view subject, Bytes payload, const Id16& id, std::uint64_t offset) {
  Event event;
  event.subject = subject;
  event.producer = "edge";
  event.id = id;
  event.payload = payload;
  event.time = kMonday;
  event.offset = {offset};
  return event;
}

/// What was decided, as bytes.
std::string take(inner::InnerDecider& inner, const Event& event) {
  runtime::Outbox out(std::string(inner::kService), inner::InnerDecider::outputs());
  LAMPLIGHT_CHECK(runtime::run_step(inner, event, out).ok(), "whatever is asked is decided");
  MsgpackWriter state;
  inner.save(state);
  return std::string(as_text(state.bytes()));
}

/// A case that waits to be settled.
void open_case(inner::InnerDecider& inner) {
  AlertReceived alert;
  alert.partner = "edge";
  alert.partner_ref = "A-1";
  alert.reported_at = {kMonday, 480};
  alert.class_code = "dispute";
  alert.category = "neighbour_dispute";
  alert.area = "wuma";
  alert.status = AlertStatus::kActual;
  MsgpackWriter payload;
  encode_alert(alert, payload);
  (void)take(inner, input(kAlertReceived, payload.bytes(), kCase, 1));
}

}  // namespace

// The first byte says which subject; in what follows the bytes of kCase name the open case.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::vector<std::string> subjects = inner::InnerDecider::inputs();
  const std::string& subject = subjects.at(data[0] % subjects.size());
  const Bytes payload =
      as_bytes(std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  Id16 id;
  id.bytes.fill(9);

  inner::InnerDecider first;
  inner::InnerDecider second;
  open_case(first);
  open_case(second);
  LAMPLIGHT_CHECK(first.book().cases().size() == 1, "there is a case");
  const Event asked = input(subject, payload, id, 2);
  LAMPLIGHT_CHECK(take(first, asked) == take(second, asked), "decided twice, it is the same");
  return 0;
}
