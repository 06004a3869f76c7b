#include "import/import_run.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/logging.hpp"
#include "base/sha256.hpp"
#include "model/future_times.hpp"

namespace lamplight::importer {

namespace {

constexpr std::size_t kMaxBatchBytes = 1U << 20;
constexpr std::int64_t kRememberUs = 1'000'000;
constexpr std::size_t kStemLength = 12;

std::string key_of(const std::string& digest, std::uint64_t first) {
  const ChainHash hash = sha256(as_bytes(fmt::format("{} {}", digest, first)));
  return "import-" + to_hex(hash.span()).substr(0, 32);
}

}  // namespace

Result<void> measure(InputFile& input) {
  auto size = input.file->size();
  if (!size) return size.error().with(input.name);
  input.size = *size;
  Sha256 hash;
  std::vector<char> piece(1U << 20);
  FileSource bytes(*input.file);
  while (true) {
    auto got = bytes.read(piece);
    if (!got) return got.error().with(input.name);
    if (*got == 0) break;
    hash.update(as_bytes({piece.data(), *got}));
  }
  const ChainHash digest = hash.finish();
  input.digest = to_hex(digest.span());
  return {};
}

ImportRun::ImportRun(const Env& env, const Mapping* mapping, Transport* transport,
                     IntakeQuestions questions, ImportOptions options)
    : env_(env), mapping_(mapping), questions_(std::move(questions)), options_(std::move(options)) {
  if (options_.seed) options_.sender.in_flight = 1;  // the log's time must not go back
  if (options_.dry_run) return;
  LAMPLIGHT_CHECK(transport != nullptr, "an import that sends has a transport");
  sender_.emplace(*transport, env_.clock, options_.sender,
                  [this](const OutBatch& batch, const std::vector<ItemAnswer>& answers) {
                    answered(batch, answers);
                  });
}

ImportRun::Outcome ImportRun::run(std::vector<InputFile> inputs) {
  const std::int64_t began_us = env_.clock.monotonic_us();
  inputs_ = std::move(inputs);
  summary_.dry_run = options_.dry_run;
  summary_.record = options_.record->name;
  std::uint64_t bytes = 0;
  for (const InputFile& input : inputs_) {
    summary_.files.push_back(input.name);
    bytes += input.size;
  }
  if (!options_.quiet)
    bar_.emplace(env_.clock, options_.terminal, bytes, options_.dry_run ? "checked" : "read");

  Result<void> done = run_all();
  remember(true);
  for (Rejects& rejects : rejects_) {
    if (auto flushed = rejects.flush(); !flushed && done.ok()) done = flushed.error();
    if (!rejects.path().empty()) summary_.rejects.push_back(rejects.path());
  }
  if (bar_) bar_->clear();
  summary_.seconds = static_cast<double>(env_.clock.monotonic_us() - began_us) / 1e6;
  Outcome outcome{std::move(summary_), std::nullopt};
  if (!done) outcome.error = done.error();
  return outcome;
}

Result<void> ImportRun::run_all() {
  if (options_.dry_run) {
    auto codes = CodeLists::builtin();
    if (!codes) return codes.error();
    codes_.emplace(std::move(*codes));
    judge_ = make_judge(*options_.record, *codes_);
  }
  if (options_.seed && !options_.dry_run) return seed_all();
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (auto ran = run_file(i); !ran) return ran;
    bytes_before_ += inputs_[i].size;
  }
  return {};
}

std::unique_ptr<AlertStream> ImportRun::open_stream(std::size_t index) {
  const InputFile& input = inputs_[index];
  bytes_ = std::make_unique<FileSource>(*input.file);
  if (!input.csv) return make_json_stream(*bytes_, input.name);
  LAMPLIGHT_CHECK(mapping_ != nullptr, "a CSV file has a mapping");
  return make_csv_stream(*bytes_, *mapping_, input.name, input.digest.substr(0, kStemLength));
}

// --- one file after the other, in the files' own order ---------------------------------------------------------------

Result<void> ImportRun::run_file(std::size_t index) {
  read_ordinal_ = 0;
  progress_ = {};
  if (auto resumed = resume(index); !resumed) return resumed;
  const std::uint64_t passed_over = progress_.answered;
  const auto stream = open_stream(index);
  ImportItem item;
  Result<void> result;
  while (result.ok()) {
    auto there = stream->next(item);
    if (!there) result = there.error();
    if (!there || !*there) break;
    ++summary_.alerts;
    ++read_ordinal_;
    if (read_ordinal_ <= passed_over) {
      ++summary_.remembered;
      continue;
    }
    if (options_.dry_run) check(item);
    else result = take(index, item, read_ordinal_);
    show(bytes_->position());
  }
  summary_.add(stream->report());
  if (options_.dry_run) return result;
  // Also where the file ends in an error: what was read before it is sent, and accounted for.
  if (auto drained = drain(); !drained && result.ok()) result = drained;
  if (!result) return result;
  if (progress_file_) progress_file_->forget();
  progress_file_.reset();
  return {};
}

// What an interrupted run of the same import had answered is passed over, if it is still on the log.
Result<void> ImportRun::resume(std::size_t index) {
  if (options_.dry_run) return {};
  const InputFile& input = inputs_[index];
  progress_file_.emplace(
      env_.disk, options_.state_folder, input.digest, mapping_ == nullptr ? "-" : mapping_->digest,
      options_.record->is_alert() ? options_.url : url_of(options_.url, *options_.record));
  if (options_.restart) progress_file_->forget();
  const auto earlier = progress_file_->load();
  const bool still_there =
      earlier && !earlier->last_id.empty() && questions_.has_alert(earlier->last_id);
  if (still_there) {
    progress_ = *earlier;
    summary_.refused_before += progress_.refused;
  }
  rejects_.emplace_back(env_.disk, input.reject_paths, still_there);
  return {};
}

Result<void> ImportRun::take(std::size_t index, ImportItem& item, std::uint64_t ordinal) {
  const Origin origin{index, item.line, item.row};
  if (!item.problems.empty()) {
    if (auto refused = refuse(origin, item.problems); !refused) return refused;
    ++progress_.refused;
    return {};
  }
  const std::string& mapping_digest =
      mapping_ == nullptr ? inputs_[index].digest : mapping_->digest;
  return add_to_batch(origin, item.json, ordinal, inputs_[index].digest + mapping_digest);
}

// A dry run: the rules that intake has, by the built-in code lists.
void ImportRun::check(ImportItem& item) {
  if (item.problems.empty())
    item.problems = judge_->look_at(item.json, env_.clock.wall().plus_us(kMaxAheadUs));
  if (item.problems.empty()) ++summary_.accepted;
  if (item.problems.empty() && summary_.shown.size() < options_.show)
    summary_.shown.push_back(item.json);
  else summary_.count_refusal(item.problems, item.line);
}

Result<void> ImportRun::refuse(const Origin& origin, const std::vector<FieldError>& problems) {
  summary_.count_refusal(problems, origin.line);
  return rejects_[origin.file].add(origin.line, origin.row, problems);
}

// --- batches ---------------------------------------------------------------------------------------------------------

Result<void> ImportRun::add_to_batch(const Origin& origin, const std::string& json,
                                     std::uint64_t ordinal, const std::string& digest) {
  if (filling_.items.empty()) {
    filling_.first = ++run_ordinal_;
    filling_.key = key_of(digest, ordinal);
    file_ordinal_of_[filling_.first] = ordinal;
    open_.insert(ordinal);
  }
  filling_.items.push_back(origin);
  filling_.body += json;
  filling_.body += '\n';
  const bool full = filling_.items.size() >= std::max<std::size_t>(options_.batch_alerts, 1) ||
                    filling_.body.size() >= kMaxBatchBytes;
  return full ? send_batch() : Result<void>();
}

Result<void> ImportRun::send_batch() {
  if (filling_.items.empty()) return {};
  OutBatch batch = std::move(filling_);
  filling_ = {};
  filling_.body.reserve(batch.body.size() + batch.body.size() / 8);
  if (auto sent = sender_->send(std::move(batch)); !sent) return sent;
  if (failed_) return *failed_;
  return {};
}

Result<void> ImportRun::drain() {
  if (auto sent = send_batch(); !sent) return sent;
  if (auto finished = sender_->finish(); !finished) return finished;
  if (failed_) return *failed_;
  return {};
}

void ImportRun::answered(const OutBatch& batch, const std::vector<ItemAnswer>& answers) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const ItemAnswer& answer = answers[i];
    const bool taken = answer.status == 200 || answer.status == 202;
    if (taken) {
      ++(answer.status == 202 ? summary_.accepted : summary_.duplicates);
      progress_.last_id = answer.id;
      continue;
    }
    ++progress_.refused;
    auto refused = refuse(batch.items[i], answer.problems);
    if (!refused && !failed_) failed_ = refused.error();
  }
  const auto ordinal = file_ordinal_of_.find(batch.first);
  open_.erase(ordinal->second);
  file_ordinal_of_.erase(ordinal);
  remember(false);
}

// Everything before the first batch that still lacks its answer is settled.
void ImportRun::remember(bool now) {
  if (!progress_file_ || options_.seed) return;
  const std::int64_t at = env_.clock.monotonic_us();
  if (!now && at - remembered_us_ < kRememberUs) return;
  remembered_us_ = at;
  const std::uint64_t settled = open_.empty() ? read_ordinal_ : *open_.begin() - 1;
  progress_.answered = std::max(progress_.answered, settled);
  if (progress_.last_id.empty()) return;
  for (Rejects& rejects : rejects_) {
    if (auto flushed = rejects.flush(); !flushed && !failed_) failed_ = flushed.error();
  }
  if (auto saved = progress_file_->save(progress_); !saved) {
    logging::warning("import cannot remember how far it is: {}", saved.error().message());
    progress_file_.reset();
  }
}

void ImportRun::show(std::uint64_t bytes) {
  if (bar_) bar_->show(bytes_before_ + bytes, summary_.alerts);
}

// --- seeding: all alerts in the order of their own time --------------------------------------------------------------

Result<void> ImportRun::seed_all() {
  const auto seeding = questions_.seeding();
  if (!seeding) return seeding.error();
  if (!*seeding) {
    return Error(
        Code::kInvalid,
        "the log is not being seeded, so it takes its time from the clock: leave --seed out, or "
        "start a new log that is seeded (--log.seeded=true) and has not gone live");
  }
  struct Waiting {
    TimeUs at;
    Origin origin;
    std::string json;
  };
  std::vector<Waiting> all;
  AnswerReader reader;
  std::string digests;
  ImportItem item;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    digests += inputs_[i].digest;
    rejects_.emplace_back(env_.disk, inputs_[i].reject_paths, false);
    const auto stream = open_stream(i);
    while (true) {
      auto there = stream->next(item);
      if (!there) return there.error();
      if (!*there) break;
      ++summary_.alerts;
      const Origin origin{i, item.line, item.row};
      if (!item.problems.empty()) {
        if (auto refused = refuse(origin, item.problems); !refused) return refused;
        continue;
      }
      // Without a time of its own intake refuses it wherever it comes.
      const TimeUs at =
          item.reported_at ? *item.reported_at : reader.reported_at(item.json).value_or(TimeUs{});
      all.push_back({at, origin, item.json});
    }
    summary_.add(stream->report());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Waiting& a, const Waiting& b) { return a.at < b.at; });
  if (mapping_ != nullptr) digests += mapping_->digest;
  if (bar_) bar_.emplace(env_.clock, options_.terminal, all.size(), "sent");
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (auto added = add_to_batch(all[i].origin, all[i].json, i + 1, digests); !added) return added;
    if (bar_) bar_->show(i, i);
  }
  return drain();
}

}  // namespace lamplight::importer
