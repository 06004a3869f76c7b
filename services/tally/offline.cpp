#include "tally/offline.hpp"

#include <fmt/core.h>

#include "log/inspect.hpp"

namespace lamplight::tally {

namespace {

// Evolves the batch's events up to the limit; true when the limit lies in it.
bool take(const log::Batch& batch, std::optional<Offset> up_to, FoldedLog& out) {
  Bytes rest = batch.frames();
  Event event;
  event.offset = batch.first();
  event.time = batch.header.time;
  while (!rest.empty()) {
    const FrameView frame = FrameView::trusted(rest);
    frame.for_each([&](std::uint32_t, const EventContent& content, Bytes) {
      if (!up_to || event.offset <= *up_to) {
        static_cast<EventContent&>(event) = content;
        event.producer = frame.header().producer;
        out.fold->evolve(event);
        out.cut.offset = event.offset;
      }
      event.offset = event.offset.next();
    });
    rest = rest.subspan(frame.size());
  }
  out.cut.time = batch.header.time;
  out.cut.hash = batch.hash;
  return up_to && batch.last() >= *up_to;
}

}  // namespace

Result<FoldedLog> fold_log(Disk& disk, const std::string& folder, std::optional<Offset> up_to) {
  auto reader = log::read_folder(disk, folder, Offset{1});
  if (!reader) return reader.error();
  FoldedLog out;
  out.fold = std::make_unique<TallyFold>();
  while (true) {
    const auto batch = (*reader)->next();
    if (!batch) return batch.error();
    if (*batch == nullptr) break;
    if (take(**batch, up_to, out)) return out;
  }
  if (up_to && out.cut.offset < *up_to) {
    return Error(Code::kInvalid, fmt::format("the log ends at offset {}, before {}",
                                             out.cut.offset.value, up_to->value));
  }
  return out;
}

}  // namespace lamplight::tally
