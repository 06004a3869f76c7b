// Any bytes as a frame from the wire: refused with a reason, or every event in it reads and its bytes are the frame's own.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "model/frame.hpp"
#include "model/item_json.hpp"
#include "model/item_types.hpp"

namespace {

template <typename T>
void read_as(lamplight::Bytes payload) {
  static T item;
  if (!lamplight::decode(payload, item)) return;
  std::string json;
  lamplight::to_json(item, json);
}

// As the payload of any subject.
void read_payload(lamplight::Bytes payload) {
  lamplight::for_each_item_type([payload]<typename T>(lamplight::Item<T>) { read_as<T>(payload); });
  read_as<lamplight::CampaignDefined>(payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lamplight;
  const Bytes bytes{data, size};
  read_payload(bytes);

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
    read_payload(content.payload);
  });
  LAMPLIGHT_CHECK(count == frame->header().count, "the header counts the events");
  LAMPLIGHT_CHECK(event_bytes < size, "events lie inside the frame");
  LAMPLIGHT_CHECK(FrameView::trusted(bytes).size() == size, "what was accepted reads again");
  return 0;
}
