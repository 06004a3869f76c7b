#include "console/state.hpp"

#include "model/inner.hpp"

namespace lamplight::console {

std::vector<std::string> ConsoleState::subjects() {
  std::vector<std::string> out = identity::Officers::subjects();
  out.emplace_back("inner.*");
  out.emplace_back(kRulesPublished);
  return out;
}

void ConsoleState::evolve(const Event& event) {
  officers_.evolve(event);
  cases_.evolve(event);
  requests_.evolve(event);
  rule_desks_.evolve(event);
}

void ConsoleState::save(runtime::SnapshotWriter& out) const {
  out.array(4);
  officers_.save(out);
  cases_.save(out);
  requests_.save(out);
  rule_desks_.save(out);
}

void ConsoleState::load(runtime::SnapshotReader& in) {
  if (in.array() != 4) return in.fail();
  officers_.load(in);
  cases_.load(in);
  requests_.load(in);
  rule_desks_.load(in);
}

}  // namespace lamplight::console
