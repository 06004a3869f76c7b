#include "decider_feeds.hpp"

#include <algorithm>
#include <utility>

#include "bus/control.hpp"

namespace lamplight::runtime {

namespace {
constexpr std::string_view kBus = "control";  // the producer of what the bus says itself
}

DeciderFeeds::DeciderFeeds(bus::Client& client, const DeciderHostOptions& options,
                           OwnFrames::NewestSchema newest_schema)
    : client_(client), options_(options), own_(options.service, std::move(newest_schema)) {}

void DeciderFeeds::begin(const Place& place, bool known, const std::optional<Versions>& versions) {
  end();
  session_ = client_.state().sessions;
  newest_ = own_newest_ = place;
  inputs_known_ = own_known_ = !known;
  own_.begin(place.offset, versions);
  subscribe_inputs();
  subscribe_own();
}

bool DeciderFeeds::meet_again() {
  session_ = client_.state().sessions;
  if (client_.state().head < std::max(newest_.offset, own_newest_.offset)) return false;
  client_.unsubscribe(*input_feed_);
  inputs_known_ = newest_.offset.value == 0;
  subscribe_inputs();
  if (!own_feed_)
    return true;  // what was lost of our own frames, the bus tells by refusing the next
  client_.unsubscribe(*own_feed_);
  own_known_ = own_newest_.offset.value == 0;
  subscribe_own();
  return true;
}

// From the newest place itself, not the event after: the first delivery then brings the hash to compare.
void DeciderFeeds::subscribe_inputs() {
  bus::SubscribeOptions wanted;
  wanted.from = inputs_known_ ? newest_.offset.next() : newest_.offset;
  wanted.subjects = options_.subjects;
  using Verb = bus::ControlVerb;
  for (const Verb verb : {Verb::kTimeReached, Verb::kStarted, Verb::kHandedOver})
    wanted.subjects.push_back(bus::control_subject(options_.service, verb));
  wanted.credit_bytes = options_.credit_bytes;
  inputs_paused_ = false;
  input_feed_ = client_.subscribe(std::move(wanted),
                                  [this](const bus::Delivery& delivery) { take_inputs(delivery); });
}

void DeciderFeeds::subscribe_own() {
  bus::SubscribeOptions wanted;
  wanted.from = own_known_ ? own_newest_.offset.next() : own_newest_.offset;
  wanted.subjects = {">"};
  using Verb = bus::ControlVerb;
  for (const Verb verb : {Verb::kStarted, Verb::kStopped, Verb::kProgressed, Verb::kHandedOver})
    wanted.subjects.push_back(bus::control_subject(options_.service, verb));
  wanted.producers = {options_.service, std::string(kBus)};
  wanted.credit_bytes = options_.credit_bytes;
  own_paused_ = false;
  own_feed_ = client_.subscribe(std::move(wanted),
                                [this](const bus::Delivery& delivery) { take_own(delivery); });
}

bool DeciderFeeds::fits(const Place& place, const Place& newest, bool& known) {
  if (client_.state().sessions != session_) return false;  // meet_again asks for it anew
  if (known) return true;
  if (place.offset < newest.offset) return false;
  if (place.hash != newest.hash) {
    on_other_log(newest_.offset);
    return false;
  }
  return known = true;
}

void DeciderFeeds::take_inputs(const bus::Delivery& delivery) {
  const Place place{delivery.scanned, delivery.time, delivery.hash, delivery.batch_end};
  if (!fits(place, newest_, inputs_known_)) return;
  note_holders(*delivery.events);
  inputs_.push(*delivery.events, place, [this](const Event& event) {
    const bool of_others = event.producer != options_.service && event.producer != kBus;
    return event.offset > newest_.offset && of_others;
  });
  if (place.offset >= newest_.offset) newest_ = place;
  on_delivery();
}

/// Told by the cursor of the inputs, so that they are known at every cut that it reaches.
void DeciderFeeds::note_holders(const std::vector<Event>& events) {
  for (const Event& event : events) {
    const auto control = bus::parse_control_subject(event.subject);
    if (!control || event.offset <= newest_.offset) continue;
    if (control->verb == bus::ControlVerb::kStarted) on_started(event.epoch);
    if (control->verb == bus::ControlVerb::kHandedOver) on_handed_over();
  }
}

void DeciderFeeds::take_own(const bus::Delivery& delivery) {
  const Place place{delivery.scanned, delivery.time, delivery.hash, delivery.batch_end};
  if (!fits(place, own_newest_, own_known_)) return;
  if (on_own) on_own(*delivery.events);
  own_.take(*delivery.events, place);
  if (place.offset >= own_newest_.offset) own_newest_ = place;
  on_delivery();
}

void DeciderFeeds::end_own() {
  if (own_feed_) client_.unsubscribe(*own_feed_);
  own_feed_.reset();
  own_known_ = true;
}

void DeciderFeeds::end() {
  end_own();
  if (input_feed_) client_.unsubscribe(*input_feed_);
  input_feed_.reset();
  inputs_.clear();
  inputs_known_ = own_known_ = false;
}

void DeciderFeeds::keep_bounds() {
  keep(input_feed_, inputs_.bytes(), inputs_paused_);
  keep(own_feed_, own_.waiting_bytes(), own_paused_);
}

void DeciderFeeds::keep(const std::optional<std::uint32_t>& feed, std::size_t bytes, bool& paused) {
  const bool wanted = bytes > (paused ? options_.credit_bytes / 2 : options_.credit_bytes);
  if (!feed || wanted == paused) return;
  paused = wanted;
  client_.pause(*feed, wanted);
}

}  // namespace lamplight::runtime
