#include "tally/offline.hpp"

#include <fmt/format.h>

#include "log/inspect.hpp"

namespace lamplight::tally {

Result<FoldedLog> fold_log(const Env& env, const std::string& folder, const AsOf& as_of) {
  if (as_of.offset && as_of.time)
    return Error(Code::kInvalid, "as of: give an offset or a time, not both");
  auto reader = log::read_folder(env.disk, folder, Offset{1});
  if (!reader) return reader.error().with("folding the log");
  FoldedLog folded{std::make_unique<TallyFold>(), {}};
  const auto wanted = [&](Offset offset) { return !as_of.offset || offset <= *as_of.offset; };
  for (;;) {
    auto batch = (*reader)->next();
    if (!batch) return batch.error().with("folding the log");
    if (*batch == nullptr || !wanted((*batch)->first())) break;
    if (as_of.time && *as_of.time < (*batch)->header.time) break;
    log::for_each_event(**batch, [&](const Event& event) {
      if (wanted(event.offset)) folded.fold->evolve(event);
    });
    const Offset last = wanted((*batch)->last()) ? (*batch)->last() : *as_of.offset;
    folded.cut = {last, (*batch)->header.time, (*batch)->hash};
  }
  if (as_of.offset && folded.cut.offset < *as_of.offset) {
    return Error(Code::kInvalid, fmt::format("as of offset {}: the log in {} ends at {}",
                                             as_of.offset->value, folder, folded.cut.offset.value));
  }
  return folded;
}

}  // namespace lamplight::tally
