#include "recorded_log.hpp"

#include <fmt/format.h>

#include <map>
#include <sstream>

#include "base/production_env.hpp"
#include "base/sha256.hpp"
#include "inner/decider.hpp"
#include "log/inspect.hpp"
#include "model/frame.hpp"
#include "runtime/decider_replay.hpp"

namespace lamplight::inner::test {

namespace {

constexpr std::uint64_t kMaxFactsBytes = 4096;

/// Where the log's end is, what was published as inner on it, in the order in which it lies there.
void read_published(log::Reader& reader, RecordedFacts& facts) {
  MsgpackWriter all;
  for (;;) {
    const auto batch = reader.next().value();
    if (!batch) break;
    log::for_each_event(*batch, [&](const Event& event) {
      if (event.producer != kService || event.subject.starts_with("control.")) return;
      ++facts.decisions;
      write_event_content(all, event);
    });
  }
  facts.published = to_hex(sha256(all.bytes()).span());
}

}  // namespace

RecordedFacts replay_recorded(const std::string& folder, runtime::Decider& fold) {
  ProductionEnv production;
  Disk& disk = production.env().disk;
  RecordedFacts facts;
  read_published(*log::read_folder(disk, folder, Offset{1}).value(), facts);

  runtime::ReplayOptions options;
  options.service = kService;
  options.subjects = InnerDecider::inputs();
  const auto open = [&] { return log::read_folder(disk, folder, Offset{1}); };
  facts.cut = runtime::replay_decider(open, fold, options).value().value;
  MsgpackWriter state;
  fold.save(state);
  facts.state = to_hex(sha256(state.bytes()).span());
  facts.state_version = fold.state_version();
  return facts;
}

RecordedFacts read_facts(const std::string& path) {
  ProductionEnv production;
  std::istringstream in(read_file(production.env().disk, path, kMaxFactsBytes).value());
  std::map<std::string, std::string> values;
  for (std::string name, value; in >> name >> value;) values[name] = value;
  RecordedFacts facts;
  facts.state_version = static_cast<std::uint32_t>(std::stoul(values.at("state_version")));
  facts.state = values.at("state");
  facts.cut = std::stoull(values.at("cut"));
  facts.decisions = std::stoull(values.at("decisions"));
  facts.published = values.at("published");
  return facts;
}

std::string to_text(const RecordedFacts& facts) {
  return fmt::format("state_version {}\nstate {}\ncut {}\ndecisions {}\npublished {}\n",
                     facts.state_version, facts.state, facts.cut, facts.decisions, facts.published);
}

}  // namespace lamplight::inner::test
