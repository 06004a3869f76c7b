#include "rules_apply.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/sha256.hpp"
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
  return link.publish(published, dedupe_of(published));
}

}  // namespace

Result<std::map<std::string, PublishedRules>> read_rules(bus::Client& client, std::uint64_t as_of) {
  std::map<std::string, PublishedRules> out;
  const Fence fence(client);
  read_events(client, {std::string(kRulesPublished)}, &fence, [&](const Event& event) {
    RulesPublished published;
    if (!decode(event.payload, published) || (as_of != 0 && event.offset.value > as_of)) return;
    PublishedRules& known = out[std::string(published.name)];
    if (published.version > known.version)
      known = {published.version, event.offset, std::string(published.document)};
  });
  if (fence.why())
    return fence.why()->with("another `lamplight rules publish` runs in this moment");
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
