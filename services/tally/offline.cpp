#include "tally/offline.hpp"

#include <fmt/format.h>

#include "log/inspect.hpp"

namespace lamplight::tally {

Result<FoldedLog> fold_log(Disk& disk, const std::string& folder, std::optional<Offset> up_to) {
  auto reader = log::read_folder(disk, folder, Offset{1});
  if (!reader) return reader.error().with("folding the log");
  FoldedLog folded{std::make_unique<TallyFold>(), {}};
  const auto wanted = [&](Offset offset) { return !up_to || offset <= *up_to; };
  std::vector<Event> ahead;
  const auto evolve = [&] {
    folded.fold->foresee(ahead);
    for (const Event& event : ahead) folded.fold->evolve(event);
    ahead.clear();
  };
  for (;;) {
    auto batch = (*reader)->next();
    if (!batch) return batch.error().with("folding the log");
    if (*batch == nullptr || !wanted((*batch)->first())) break;
    log::for_each_event(**batch, [&](const Event& event) {
      if (wanted(event.offset)) ahead.push_back(event);
      if (ahead.size() == TallyFold::kForeseen) evolve();
    });
    evolve();  // events end with their batch
    const Offset last = wanted((*batch)->last()) ? (*batch)->last() : *up_to;
    folded.cut = {last, (*batch)->header.time, (*batch)->hash};
  }
  if (up_to && folded.cut.offset < *up_to) {
    return Error(Code::kInvalid, fmt::format("as of offset {}: the log in {} ends at {}",
                                             up_to->value, folder, folded.cut.offset.value));
  }
  return folded;
}

}  // namespace lamplight::tally
