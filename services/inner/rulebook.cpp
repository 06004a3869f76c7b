#include "inner/rulebook.hpp"

#include <algorithm>
#include <iterator>

#include "base/check.hpp"

namespace lamplight::inner {

Rulebook::Rulebook() {
  auto built_in = rules_from_toml(default_rules());
  LAMPLIGHT_CHECK(built_in, "the built-in rules of the inner loop read");
  versions_.emplace(0, std::move(*built_in));
}

void Rulebook::publish(const RulesPublished& published) {
  if (published.version > version_of(published.name))
    take(published.name, published.version, published.document);
}

void Rulebook::take(std::string_view name, std::int64_t version, std::string_view document) {
  if (name == kRulesName) {
    if (auto rules = rules_from_toml(document)) {
      rules->version = version;
      versions_.emplace(version, std::move(*rules));
    }
  } else if (name.starts_with(kCalendarPrefix)) {
    if (auto year = calendar_from_toml(document)) calendar_.set(std::move(*year));
  } else {
    return;  // another service's
  }
  documents_[std::string(name)].emplace(version, document);
}

const Rules& Rulebook::at(std::int64_t version) const {
  return std::prev(versions_.upper_bound(std::max<std::int64_t>(version, 0)))->second;
}

std::int64_t Rulebook::version_of(std::string_view name) const {
  const auto found = documents_.find(name);
  return found == documents_.end() ? 0 : found->second.rbegin()->first;
}

void Rulebook::save(runtime::SnapshotWriter& out) const {
  out.array(static_cast<std::uint32_t>(documents_.size()));
  for (const auto& [name, versions] : documents_) {
    out.array(2);
    out.str(name);
    out.map(static_cast<std::uint32_t>(versions.size()));
    for (const auto& [version, document] : versions) {
      out.sint(version);
      out.str(document);
    }
  }
}

void Rulebook::load(runtime::SnapshotReader& in) {
  const std::uint32_t names = in.array();
  for (std::uint32_t n = 0; n < names && in.ok(); ++n) {
    if (in.array() != 2) in.fail();
    const std::string_view name = in.str();
    const std::uint32_t versions = in.map();
    for (std::uint32_t v = 0; v < versions && in.ok(); ++v) {
      const std::int64_t version = in.sint();
      const std::string_view document = in.str();
      if (in.ok() && version > version_of(name)) take(name, version, document);
    }
  }
}

}  // namespace lamplight::inner
