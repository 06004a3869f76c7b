#include "tally_measures.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/check.hpp"
#include "base/production_env.hpp"
#include "base/uuid.hpp"
#include "figures.hpp"
#include "log/log.hpp"
#include "model/frame.hpp"
#include "model/result_descriptions.hpp"
#include "peers.hpp"
#include "tally/measure/measure.hpp"
#include "tally/offline.hpp"

namespace lamplight::bench {
namespace {

constexpr std::uint64_t kBatch = 1024;
constexpr std::uint64_t kDistinctKeys = 1'000'000;

std::uint64_t mixed(std::uint64_t number) {
  number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9ULL;
  number = (number ^ number >> 27) * 0x94D049BB133111EBULL;
  return number ^ number >> 31;
}

template <typename T>
T right(Result<T> result, const char* what) {
  if (!result.ok()) std::fprintf(stderr, "bench: %s: %s\n", what, result.error().message().c_str());
  LAMPLIGHT_CHECK(result.ok(), what);
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

/// Appends event `number`.
void write_event(MsgpackWriter& events, MsgpackWriter& payload, UuidSource& ids,
                 std::uint64_t number, std::uint64_t of) {
  const MeasuredEvent event = measured_event(number, of);
  const Stamp at{TimeUs{event.at_us}, kClockMinutes};
  payload.clear();
  if (event.person) {
    PersonReported said;
    said.partner = "local";
    said.partner_ref = event.ref;
    said.person = event.key;
    said.person_scope = "district";
    said.unit = event.area;
    said.category = event.category;
    said.outcomes = {event.group};
    said.happened_at = said.reported_at = at;
    encode(said, payload);
  } else {
    AlertReceived said;
    said.partner = "local";
    said.partner_ref = event.ref;
    said.class_code = event.group;
    said.category = event.category;
    said.area = event.area;
    said.amount_fen = event.amount_fen;
    said.reported_at = at;
    encode_alert(said, payload);
  }
  const std::string bytes = payload.take();
  write_event_content(
      events,
      {event.person ? kPersonReported : kAlertReceived, ids.next(), {}, {}, 1, as_bytes(bytes)});
}

void write_log(const std::string& folder, std::uint64_t count) {
  ProductionEnv production;
  const Env env = production.env();
  log::Options options;
  options.folder = folder;
  const auto log = right(log::open(env, options), "the log opens");
  UuidSource ids(env.clock, env.random);
  MsgpackWriter events;
  MsgpackWriter payload;
  for (std::uint64_t first = 0; first < count; first += kBatch) {
    const std::uint64_t size = std::min(kBatch, count - first);
    events.clear();
    for (std::uint64_t i = 0; i < size; ++i) write_event(events, payload, ids, first + i, count);
    const std::string bytes = events.take();
    const std::string frame =
        encode_frame({"bench", 0, {}, {}, Seq{first + 1}, {}, static_cast<std::uint32_t>(size)},
                     as_bytes(bytes));
    const FrameView view = right(FrameView::parse(as_bytes(frame)), "the frame reads");
    for (;;) {  // a log filled faster than the disk makes segments ready asks for patience
      const auto taken = log->append(view, std::max(log->last_time(), env.clock.wall()));
      if (taken.ok()) break;
      LAMPLIGHT_CHECK(taken.error().code() == Code::kOverloaded, "the log takes a batch");
    }
    auto sync = log->begin_sync();
    auto outcome = sync->run();
    right(log->finish_sync(std::move(sync), std::move(outcome)), "the batch is synced");
  }
}

tally::CampaignDefinition ten_measures() {
  using tally::CountBy;
  tally::CampaignDefinition told;
  told.code = "bench";
  told.clock_minutes = kClockMinutes;
  const auto add = [&](std::string_view from, CountBy count, tally::Dimensions by,
                       tally::Filter where = {}) {
    tally::MeasureSpec measure;
    measure.name = std::to_string(told.measures.size());
    measure.from = from;
    measure.count = count;
    measure.where = std::move(where);
    measure.dated = from == kAlertReceived ? "reported_at" : "happened_at";
    if (count == CountBy::kDistinct) measure.key = {"person"};
    if (count == CountBy::kSum) measure.value = "amount_fen";
    measure.by = {std::move(by)};
    told.measures.push_back(std::move(measure));
  };
  add(kAlertReceived, CountBy::kRows, {"area", "category"});
  add(kAlertReceived, CountBy::kRows, {"day"});
  add(kAlertReceived, CountBy::kRows, {"area"},
      {{"category", {"category_1", "category_2", "category_3"}}});
  add(kAlertReceived, CountBy::kSum, {"area"});
  add(kAlertReceived, CountBy::kRows, {"class", "hour"});
  add(kPersonReported, CountBy::kRows, {"unit", "category"});
  add(kPersonReported, CountBy::kDistinct, {});
  add(kPersonReported, CountBy::kDistinct, {"category"});
  add(kPersonReported, CountBy::kRows, {"unit"}, {{"outcomes", {"dealt_with"}}});
  add(kPersonReported, CountBy::kRows, {"weekday"});
  return told;
}

double rss_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  statm >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// A log folded, and an engine that has read it.
struct Folded {
  Folded(const std::string& folder, const tally::CampaignDefinition& told)
      : definition(told), engine(told) {
    ProductionEnv production;
    const double from = seconds_now();
    const double cpu = own_cpu_seconds();
    log = right(tally::fold_log(production.env().disk, folder), "the log folds");
    fold_seconds = seconds_now() - from;
    view = {log.fold->view(), log.fold->facts_view()};
    for (const auto& measure : told.measures)
      engine.expect({&measure, {}, {}, {}}, measure.by.front());
    engine.extend(view);
    figures(log.cut.offset);
    seconds = seconds_now() - from;
    cpu_seconds = own_cpu_seconds() - cpu;
  }
  void figures(Offset as_of) {
    for (const auto& measure : definition.measures) {
      const auto table = engine.table(view, as_of, {&measure, {}, {}, {}}, measure.by.front());
      if (measure.count == tally::CountBy::kDistinct && measure.by.front().empty())
        distinct = *table.rows.front().amount.n;
    }
  }
  const tally::CampaignDefinition& definition;
  tally::Engine engine;
  tally::FoldedLog log;
  tally::CampaignView view;
  double fold_seconds = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  std::int64_t distinct = 0;
};

void run_as_of(const Run& run, Folded& folded, std::uint64_t events) {
  std::mt19937_64 random(5);
  std::vector<double> took;
  for (int i = 0; i < 40; ++i) {
    const Offset at{random() % events + 1};
    const double from = seconds_now();
    folded.figures(at);
    took.push_back((seconds_now() - from) * 1e3);
  }
  const double middle = percentile(took, 50);
  run.print({"tally.asof", took.back(), "ms", std::nullopt, "",
             "worst of 40 random offsets of " + std::to_string(events) +
                 " events, ten measures; p50 " + std::to_string(middle) + " ms"});
}

void run_key_bytes(const Run& run, const Folded& folded, const tally::CampaignDefinition& told) {
  tally::Engine engine(told);
  const auto& measure = told.measures[6];
  const double before = rss_bytes();
  const auto table = engine.table(folded.view, folded.log.cut.offset, {&measure, {}, {}, {}}, {});
  const auto keys = static_cast<double>(*table.rows.front().amount.n);
  run.print(
      {"tally.key_bytes", (rss_bytes() - before) / keys, "bytes", std::nullopt, "",
       "resident memory of one distinct count over its keys, " + std::to_string(keys) + " keys"});
}

void print_beside(const Run& run, const std::string& name, const Folded& folded,
                  const PeerFold& peer, std::uint64_t events) {
  const double ours = static_cast<double>(events) / folded.seconds;
  if (!peer.why_not.empty())
    return run.print({name, ours, "events/s", std::nullopt, "", peer.why_not});
  LAMPLIGHT_CHECK(peer.distinct == folded.distinct, "both sides count the same");
  run.print(
      {name, ours, "events/s", peer.seconds / folded.seconds, name.substr(9),
       std::to_string(events) +
           " events: ours from the log's segments, theirs from a table, both in the page cache"});
}

}  // namespace

MeasuredEvent measured_event(std::uint64_t number, std::uint64_t of) {
  const std::uint64_t bits = mixed(number + 1);
  MeasuredEvent event;
  event.person = number % 5 < 2;
  event.ref = "bench-" + std::to_string(number);
  event.key = "person-of-bench-" + std::to_string(bits % kDistinctKeys);
  event.area = "a" + std::to_string(bits / 7 % 12);
  event.category = "category_" + std::to_string(bits / 11 % 20);
  event.group = event.person ? (bits / 13 % 3 == 0 ? "transferred" : "dealt_with")
                             : "class_" + std::to_string(bits / 17 % 4);
  event.amount_fen = static_cast<std::int64_t>(bits / 19 % 100'000);
  event.at_us = 1'640'995'200'000'000 +
                static_cast<std::int64_t>(31'536'000'000'000.0 * static_cast<double>(number) /
                                          static_cast<double>(of));
  return event;
}

void run_tally_measures(const Run& run) {
  const bool long_log =
      run.wanted("tally.fold") || run.wanted("tally.asof") || run.wanted("tally.key_bytes");
  const bool beside = run.wanted("tally.vs_sqlite") || run.wanted("tally.vs_postgres");
  const tally::CampaignDefinition told = ten_measures();
  const char* const asked = std::getenv("LAMPLIGHT_BENCH_EVENTS");
  const std::string folder = run.folder + "/measures";
  if (long_log) {
    const std::uint64_t events = asked == nullptr ? 10'000'000 : std::strtoull(asked, nullptr, 10);
    write_log(folder + "/long", events);
    Folded folded(folder + "/long", told);
    run.print({"tally.fold", static_cast<double>(events) / folded.seconds, "events/s", std::nullopt,
               "",
               std::to_string(events) +
                   " events from segments in the page cache to ten measures on one core; of " +
                   std::to_string(folded.seconds) + " s the fold took " +
                   std::to_string(folded.fold_seconds) + "; of one processor " +
                   std::to_string(folded.cpu_seconds) + " s"});
    run_as_of(run, folded, events);
    run_key_bytes(run, folded, told);
    std::filesystem::remove_all(folder + "/long");
  }
  if (!beside) return;
  constexpr std::uint64_t kEvents = 2'000'000;
  write_log(folder + "/beside", kEvents);
  const Folded folded(folder + "/beside", told);
  if (run.wanted("tally.vs_sqlite"))
    print_beside(run, "tally.vs_sqlite", folded, fold_in_sqlite(folder, kEvents), kEvents);
  if (run.wanted("tally.vs_postgres"))
    print_beside(run, "tally.vs_postgres", folded, fold_in_postgres(run.folder, kEvents), kEvents);
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
