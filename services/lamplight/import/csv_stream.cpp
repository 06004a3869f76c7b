#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "import/alert_draft.hpp"
#include "import/alert_stream.hpp"
#include "import/csv_reader.hpp"
#include "import/row_mapper.hpp"
#include "import/text_decoder.hpp"

namespace lamplight::importer {

namespace {

/// What the rows of an incident have said, and what was wrong in them.
struct Gathered {
  AlertDraft draft;
  std::vector<FieldError> problems;
};

class CsvStream final : public AlertStream {
 public:
  CsvStream(ByteSource& bytes, const Mapping& mapping, std::string name, std::string reference_stem)
      : mapping_(mapping),
        name_(std::move(name)),
        reference_stem_(std::move(reference_stem)),
        decoder_(bytes, mapping.format.encoding, name_),
        reader_(decoder_, mapping.format.csv, name_),
        writer_(mapping) {
    for (const SkipRule& rule : mapping.skip) report_.skipped.push_back({rule.reason, 0, {}});
  }

  Result<bool> next(ImportItem& item) override {
    if (!mapper_) {
      if (auto begun = begin(); !begun) return begun.error();
      if (!mapper_) return false;  // an empty file
    }
    if (mapping_.incident.key.empty()) return next_row(item);
    return mapping_.incident.adjacent ? next_adjacent(item) : next_anywhere(item);
  }

  const StreamReport& report() const override { return report_; }

 private:
  enum class Found { kRow, kRefused, kEnd };

  Result<void> begin();
  Result<Found> read_row(ImportItem& refused);
  Result<bool> next_row(ImportItem& item);
  Result<bool> next_adjacent(ImportItem& item);
  Result<bool> next_anywhere(ImportItem& item);
  void put(Gathered& from, ImportItem& item);
  void refuse(ImportItem& item, const FieldError& problem) const;
  void gather(Gathered& into);
  void start(Gathered& fresh);

  const Mapping& mapping_;
  std::string name_;
  std::string reference_stem_;
  TextDecoder decoder_;
  CsvReader reader_;
  AlertWriter writer_;
  std::optional<RowMapper> mapper_;
  StreamReport report_;
  CsvRow row_;
  bool row_waits_ = false;  // the first data row was read to see how wide the file is
  std::string key_;
  AlertDraft scratch_;
  Gathered current_;  // adjacent: the incident that is being read
  std::string current_key_;
  bool open_ = false;
  std::unordered_set<std::size_t> closed_;  // adjacent: hashes of keys that were ended
  std::deque<Gathered> all_;                // anywhere
  bool gathered_all_ = false;
};

// Finds out which columns there are.
Result<void> CsvStream::begin() {
  if (auto skipped = reader_.skip_lines(mapping_.format.skip_lines); !skipped) return skipped;
  auto there = reader_.next(row_);
  if (!there) return there.error();
  if (!*there) return {};
  std::vector<std::string> header = mapping_.format.columns;
  const std::size_t width = row_.fields.size();
  if (!header.empty() && header.size() != width) {
    return Error(Code::kInvalid,
                 fmt::format("{}:{}: {} columns, but [file] columns in {} names {}", name_,
                             row_.line, width, mapping_.file, header.size()));
  }
  if (mapping_.format.header && header.empty()) {
    for (std::string_view field : row_.fields) {
      while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
      while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
      header.emplace_back(field);
    }
  }
  row_waits_ = !mapping_.format.header;
  auto mapper = RowMapper::bind(mapping_, header, width, reference_stem_);
  if (!mapper) return mapper.error();
  mapper_ = std::move(*mapper);
  report_.unused_columns = mapper_->unused_columns();
  return {};
}

// The next row that is not skipped, into row_.
Result<CsvStream::Found> CsvStream::read_row(ImportItem& refused) {
  while (true) {
    if (!row_waits_) {
      auto there = reader_.next(row_);
      if (!there) return there.error();
      if (!*there) return Found::kEnd;
    }
    row_waits_ = false;
    ++report_.rows;
    if (row_.fields.size() != mapper_->width()) {
      refuse(refused,
             {"", "column_count",
              fmt::format("has {} columns where the file's first row has {}; is a delimiter in "
                          "a value that is not quoted?",
                          row_.fields.size(), mapper_->width())});
      return Found::kRefused;
    }
    const int rule = mapper_->skipped_by(row_);
    if (rule < 0) return Found::kRow;
    Skipped& skipped = report_.skipped[static_cast<std::size_t>(rule)];
    ++skipped.count;
    if (skipped.first_lines.size() < kExamples) skipped.first_lines.push_back(row_.line);
  }
}

Result<bool> CsvStream::next_row(ImportItem& item) {
  auto found = read_row(item);
  if (!found) return found.error();
  if (*found == Found::kEnd) return false;
  if (*found == Found::kRefused) return true;
  current_.problems.clear();
  mapper_->map(row_, report_.rows, current_.draft, current_.problems);
  put(current_, item);
  return true;
}

// Rows until the key changes. A key that comes again behind others would make a second alert of one incident.
Result<bool> CsvStream::next_adjacent(ImportItem& item) {
  while (true) {
    auto found = read_row(item);
    if (!found) return found.error();
    if (*found == Found::kRefused) return true;
    if (*found == Found::kEnd) {
      const bool last = open_;
      open_ = false;
      if (last) put(current_, item);
      return last;
    }
    mapper_->key_of(row_, key_);
    if (key_.empty()) {
      refuse(item, {"", "key_blank",
                    "has no incident key: one of the columns of [incident] key is blank"});
      return true;
    }
    if (open_ && key_ == current_key_) {
      gather(current_);
      continue;
    }
    if (closed_.contains(std::hash<std::string>{}(key_))) {
      refuse(item, {"", "incident_not_adjacent",
                    "belongs to an incident that ended further up; write rows = \"anywhere\" in "
                    "[incident]"});
      return true;
    }
    const bool ended = open_;
    if (ended) put(current_, item);
    if (ended) closed_.insert(std::hash<std::string>{}(current_key_));
    start(current_);
    current_key_ = key_;
    open_ = true;
    if (ended) return true;
  }
}

Result<bool> CsvStream::next_anywhere(ImportItem& item) {
  std::unordered_map<std::string, std::size_t> by_key;
  while (!gathered_all_) {
    auto found = read_row(item);
    if (!found) return found.error();
    gathered_all_ = *found == Found::kEnd;
    if (gathered_all_) break;
    if (*found == Found::kRow) mapper_->key_of(row_, key_);
    if (*found == Found::kRow && !key_.empty()) {
      const auto [at, fresh] = by_key.try_emplace(key_, all_.size());
      if (fresh) start(all_.emplace_back());
      else gather(all_[at->second]);
      continue;
    }
    if (*found == Found::kRow)
      refuse(item, {"", "key_blank",
                    "has no incident key: one of the columns of [incident] key is blank"});
    Gathered& lone = all_.emplace_back();  // told in its place among the others
    lone.draft.line = item.line;
    lone.draft.row = item.row;
    lone.problems = item.problems;
  }
  if (all_.empty()) return false;
  put(all_.front(), item);
  all_.pop_front();
  return true;
}

void CsvStream::start(Gathered& fresh) {
  fresh.problems.clear();
  mapper_->map(row_, report_.rows, fresh.draft, fresh.problems);
}

void CsvStream::gather(Gathered& into) {
  mapper_->map(row_, report_.rows, scratch_, into.problems);
  merge(mapping_, into.draft, scratch_);
}

// A draft becomes an item: whole, or refused with everything that is wrong in it.
void CsvStream::put(Gathered& from, ImportItem& item) {
  item.line = from.draft.line;
  item.row = from.draft.row;
  item.json.clear();
  item.reported_at.reset();
  mapper_->settle(from.draft, from.problems);
  // In a file's order one incident's rows would tell its codes differently from file to file.
  if (!mapping_.incident.key.empty()) sort_codes(from.draft);
  item.problems.assign(from.problems.begin(), from.problems.end());
  if (item.problems.empty()) item.problems = missing_fields(mapping_, from.draft);
  if (item.problems.empty()) {
    if (auto problem = writer_.write(from.draft, item.json))
      item.problems.push_back(std::move(*problem));
  }
  if (item.problems.empty()) item.reported_at = from.draft.reported_at->at;
  else item.json.clear();
}

void CsvStream::refuse(ImportItem& item, const FieldError& problem) const {
  item.line = row_.line;
  item.row = report_.rows;
  item.json.clear();
  item.reported_at.reset();
  item.problems.assign(1, problem);
}

}  // namespace

std::unique_ptr<AlertStream> make_csv_stream(ByteSource& bytes, const Mapping& mapping,
                                             std::string name, std::string reference_stem) {
  return std::make_unique<CsvStream>(bytes, mapping, std::move(name), std::move(reference_stem));
}

}  // namespace lamplight::importer
