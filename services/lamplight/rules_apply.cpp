#include "rules_apply.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/sha256.hpp"
#include "base/uuid.hpp"
#include "model/inner_descriptions.hpp"

namespace lamplight::cli {

namespace {

/// One event for each version: who loses a race learns of it.
Id16 dedupe_of(const RulesPublished& published) {
  const ChainHash hash =
      sha256(as_bytes(fmt::format("rules.published {} {}", published.name, published.version)));
  return Id16::from(hash.span().first(16));
}

Result<bus::Acked> publish_version(BusLink& link, const std::string& name,
                                   const std::string& document, std::int64_t version) {
  RulesPublished published;
  published.actor = kRulesEdge;
  published.name = name;
  published.version = version;
  published.document = document;
  const bus::BusState& bus = link.client().state();
  published.reported_at = {bus.seeding ? bus.bus_time : link.env().clock.wall(), 0};
  MsgpackWriter payload;
  encode(published, payload);
  const Env env = link.env();
  UuidSource ids(env.clock, env.random);
  bus::NewEvent event;
  event.subject = kRulesPublished;
  event.id = ids.next();
  event.dedupe = dedupe_of(published);
  event.payload = payload.bytes();
  std::optional<Result<bus::Acked>> answer;
  const auto queued = link.client().publish(
      event, std::nullopt, [&answer](const Result<bus::Acked>& acked) { answer = acked; });
  if (!queued) return queued.error();
  while (!answer) link.client().poll(1'000'000);
  return *answer;
}

}  // namespace

Result<std::map<std::string, PublishedRules>> read_rules(bus::Client& client, std::uint64_t as_of) {
  std::map<std::string, PublishedRules> out;
  std::optional<Error> fenced;
  client.on_change(
      [&fenced](const bus::BusState&, const std::optional<Error>& why) { fenced = why; });
  const Offset head = client.state().head;
  Offset scanned;
  bus::SubscribeOptions wanted;
  wanted.subjects = {std::string(kRulesPublished)};
  const std::uint32_t id = client.subscribe(wanted, [&](const bus::Delivery& delivery) {
    scanned = delivery.scanned;
    if (delivery.events == nullptr) return;
    for (const Event& event : *delivery.events) {
      RulesPublished published;
      if (!decode(event.payload, published) || (as_of != 0 && event.offset.value > as_of)) continue;
      PublishedRules& known = out[std::string(published.name)];
      if (published.version > known.version)
        known = {published.version, event.offset, std::string(published.document)};
    }
  });
  while (scanned < head && !fenced) client.poll(1'000'000);
  client.unsubscribe(id);
  client.on_change({});
  if (fenced) return fenced->with("another `lamplight rules publish` runs in this moment");
  return out;
}

Result<RulesInForce> put_rules_in_force(BusLink& link, const std::string& name,
                                        const std::string& document) {
  auto known = read_rules(link.client(), 0);
  if (!known) return known.error();
  const PublishedRules before = (*known)[name];
  if (before.document == document) return RulesInForce{before.version, before.offset, true};
  const auto acked = publish_version(link, name, document, before.version + 1);
  if (!acked) return acked.error();
  if (acked->duplicate) {
    return Error(Code::kExists,
                 fmt::format("another {} was published in this moment as version {}; look at it "
                             "(`lamplight rules show {}`) and publish yours again",
                             name, before.version + 1, name));
  }
  return RulesInForce{before.version + 1, acked->offset, false};
}

}  // namespace lamplight::cli
