#include "rehearsal_text.hpp"

#include <fmt/format.h>

#include <iterator>

#include "model/item_json.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::cli {

namespace {

using inner::BeforeAfter;
using inner::Output;
using inner::RehearsalSummary;
using inner::StepDifference;

std::string kinds_of(const StepDifference& difference, std::string_view quote) {
  std::string out;
  for (std::size_t kind = 0; kind < inner::kDiffers; ++kind) {
    if ((difference.kinds >> kind & 1U) == 0) continue;
    out += fmt::format("{}{}{}{}", out.empty() ? "" : ", ", quote, inner::kDiffersNames.at(kind),
                       quote);
  }
  return out;
}

void append_if(std::string& out, std::string_view before, std::string_view text) {
  if (!text.empty()) out += fmt::format(", {}{}", before, text);
}

std::string codes(const std::vector<std::string_view>& all) {
  std::string out;
  for (const std::string_view each : all) out += (out.empty() ? "" : "+") + std::string(each);
  return out;
}

std::string describe(const Output* output) {
  if (output == nullptr) return "nothing";
  if (const CaseRefused* refused = output->refused())
    return fmt::format("{}  {}: {}", output->subject, refused->ask, refused->rule);
  const CaseEvent& event = *output->event();
  std::string out =
      fmt::format("{}  {} -> {}, {}", output->subject, event.move, event.state, event.severity);
  if (event.due) append_if(out, "due ", to_rfc3339(*event.due));
  if (event.next_at && event.next_at != event.due)
    append_if(out, "next at ", to_rfc3339(*event.next_at));
  append_if(out, "to ", event.owner);
  append_if(out, "chief ", event.chief);
  append_if(out, "repeats ", event.repeats == 0 ? "" : std::to_string(event.repeats));
  append_if(out, "grounds ", codes(event.grounds));
  return out;
}

std::string output_json(const Output* output) {
  if (output == nullptr) return "null";
  std::string payload;
  if (const CaseEvent* event = output->event()) lamplight::to_json(*event, payload);
  else lamplight::to_json(*output->refused(), payload);
  return fmt::format(R"({{"subject":"{}","payload":{}}})", output->subject, payload);
}

std::string pair_json(std::uint64_t was, std::uint64_t would) {
  return fmt::format(R"({{"was":{},"would_be":{}}})", was, would);
}

std::string pair_json(const BeforeAfter& pair) { return pair_json(pair.was, pair.would); }

void append_kinds(const RehearsalSummary& summary, std::string& out) {
  for (std::size_t kind = 0; kind < inner::kDiffers; ++kind) {
    if (summary.kinds.at(kind) > 0)
      fmt::format_to(std::back_inserter(out), "  {:<14}{:>12}\n", inner::kDiffersNames.at(kind),
                     summary.kinds.at(kind));
  }
}

}  // namespace

std::string to_text(const StepDifference& difference) {
  const std::string of =
      difference.case_id ? "case " + to_uuid(*difference.case_id) : std::string("no case");
  return fmt::format(
      "{:>10}  {}  {}  {}  [{}]\n            was       {}\n            would be  {}\n",
      difference.offset.value, to_rfc3339(difference.time), difference.input, of,
      kinds_of(difference, ""), describe(difference.was), describe(difference.would));
}

std::string to_json(const StepDifference& difference) {
  return fmt::format(
      R"({{"offset":{},"time":"{}","input":"{}","case":{},"differs":[{}],"was":{},"would_be":{}}})",
      difference.offset.value, to_rfc3339(difference.time), difference.input,
      difference.case_id ? "\"" + to_uuid(*difference.case_id) + "\"" : "null",
      kinds_of(difference, "\""), output_json(difference.was), output_json(difference.would));
}

std::string to_text(const RehearsalSummary& summary) {
  std::string out;
  const auto line = [&out](std::string_view name, const std::string& text) {
    fmt::format_to(std::back_inserter(out), "{:<18}{}\n", name, text);
  };
  line("decided again", fmt::format("{} inputs, offsets {} .. {}", summary.inputs,
                                    summary.first.value, summary.last.value));
  if (summary.version)
    line("rules", fmt::format("as if published as version {} just before {}", *summary.version,
                              summary.first.value));
  if (summary.differences == 0) {
    line("different", "nothing: every decision would have been the same");
    return out;
  }
  line("different",
       fmt::format("{} decisions, {} cases", summary.differences, summary.cases.size()));
  append_kinds(summary, out);
  line("deadlines set", fmt::format("{} sooner, {} later", summary.sooner, summary.later));
  line("deadlines missed",
       fmt::format("was {}, would be {}: {} more, {} no longer", summary.missed.was,
                   summary.missed.would, summary.newly_missed, summary.no_longer_missed));
  line("to case review", fmt::format("was {}, would be {} cases", summary.reviewed[0].size(),
                                     summary.reviewed[1].size()));
  line("published", fmt::format("{:<30}{:>10}{:>10}", "", "was", "would be"));
  for (const auto& [subject, counts] : summary.published)
    fmt::format_to(std::back_inserter(out), "  {:<46}{:>10}{:>10}\n", subject, counts.was,
                   counts.would);
  return out;
}

std::string to_json(const RehearsalSummary& summary) {
  std::string kinds;
  for (std::size_t kind = 0; kind < inner::kDiffers; ++kind)
    kinds += fmt::format("{}\"{}\":{}", kind == 0 ? "" : ",", inner::kDiffersNames.at(kind),
                         summary.kinds.at(kind));
  std::string published;
  for (const auto& [subject, counts] : summary.published)
    published +=
        fmt::format("{}\"{}\":{}", published.empty() ? "" : ",", subject, pair_json(counts));
  return fmt::format(
      R"({{"inputs":{},"first":{},"last":{},"ended":"{}","rules_version":{},"differences":{},)"
      R"("kinds":{{{}}},"cases":{},"deadlines_sooner":{},"deadlines_later":{},)"
      R"("deadlines_missed":{},"newly_missed":{},"no_longer_missed":{},"to_case_review":{},)"
      R"("published":{{{}}}}})",
      summary.inputs, summary.first.value, summary.last.value, to_rfc3339(summary.ended),
      summary.version ? std::to_string(*summary.version) : "null", summary.differences, kinds,
      summary.cases.size(), summary.sooner, summary.later, pair_json(summary.missed),
      summary.newly_missed, summary.no_longer_missed,
      pair_json(summary.reviewed[0].size(), summary.reviewed[1].size()), published);
}

}  // namespace lamplight::cli
