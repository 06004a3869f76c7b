#include "console/rule_desks.hpp"

#include <utility>

#include "model/inner_descriptions.hpp"

namespace lamplight::console {

namespace {
constexpr std::string_view kRulesName = "inner";
}

RuleDesks::RuleDesks(ReadDesks read) : read_(std::move(read)) {
  for (std::string& key : read_({})) built_in_.insert(std::move(key));
}

void RuleDesks::evolve(const Event& event) {
  if (event.subject != kRulesPublished) return;
  RulesPublished said;
  if (!decode(event.payload, said) || said.name != kRulesName || said.version <= version_) return;
  version_ = said.version;
  if (said.document.empty()) return;
  for (std::string& key : read_(said.document)) published_.insert(std::move(key));
}

void RuleDesks::save(MsgpackWriter& out) const {
  out.array(2);
  out.sint(version_);
  out.array(static_cast<std::uint32_t>(published_.size()));
  for (const std::string& key : published_) out.str(key);
}

void RuleDesks::load(MsgpackReader& in) {
  if (in.array() != 2) return in.fail();
  version_ = in.sint();
  const std::uint32_t count = in.array();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) published_.emplace(in.str());
}

}  // namespace lamplight::console
