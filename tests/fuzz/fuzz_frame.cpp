// Any bytes as a frame from the wire: refused with a reason, or every event in it reads and its bytes are the frame's own.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "model/alert.hpp"
#include "model/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lamplight;
  const Bytes bytes{data, size};
  static AlertReceived alert;
  if (decode_alert(bytes, alert)) {
    std::string json;
    alert_to_json(alert, json);
  }

  const auto frame = FrameView::parse(bytes);
  if (!frame) {
    LAMPLIGHT_CHECK(!frame.error().message().empty(), "a refusal says why");
    return 0;
  }
  std::uint32_t count = 0;
  std::size_t event_bytes = 0;
  frame->for_each([&](std::uint32_t, const EventContent& content, Bytes raw) {
    LAMPLIGHT_CHECK(is_valid_subject(content.subject), "an accepted frame holds subjects");
    ++count;
    event_bytes += raw.size();
    (void)decode_alert(content.payload, alert);
  });
  LAMPLIGHT_CHECK(count == frame->header().count, "the header counts the events");
  LAMPLIGHT_CHECK(event_bytes < size, "events lie inside the frame");
  LAMPLIGHT_CHECK(FrameView::trusted(bytes).size() == size, "what was accepted reads again");
  return 0;
}
