#include "import/row_mapper.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/nearest.hpp"
#include "model/civil.hpp"
#include "model/describe.hpp"

namespace lamplight::importer {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// A time of day alone: at the next moment the civil clock shows it, at the base or behind it, past midnight if need be.
std::int64_t after(const Stamp& base, std::int64_t of_day_us) {
  const std::int64_t civil = base.civil_us();
  const std::int64_t base_of_day = civil - floor_div(civil, kUsPerDay) * kUsPerDay;
  const std::int64_t ahead = of_day_us - base_of_day;
  return civil + (ahead < 0 ? ahead + kUsPerDay : ahead);
}

Stamp stamp_of(const TimeSpec& spec, std::int64_t civil_us,
               const std::optional<std::int16_t>& offset_minutes) {
  if (!offset_minutes) return spec.zone.at_civil(civil_us);
  return {TimeUs{civil_us - *offset_minutes * kUsPerMinute}, *offset_minutes};
}

FieldError no_base(std::string_view field) {
  return {"/" + std::string(field), "no_base",
          "is a time of day, and what it counts from (occurred_at, reported_at) is blank"};
}

}  // namespace

Result<RowMapper> RowMapper::bind(const Mapping& mapping, const std::vector<std::string>& header,
                                  std::size_t width, std::string reference_stem) {
  RowMapper mapper(mapping);
  mapper.width_ = width;
  mapper.reference_stem_ = std::move(reference_stem);
  for (const ColumnName& name : mapping.columns) {
    if (auto resolved = mapper.resolve(name, header); !resolved) return resolved.error();
  }
  mapper.note_unused(header);
  for (const auto& [scheme, spec] : mapping.places)
    mapper.place_names_.push_back("places/" + scheme);
  for (const auto& [stage, spec] : mapping.stages) mapper.stage_names_.push_back("stages/" + stage);
  return mapper;
}

Result<void> RowMapper::resolve(const ColumnName& name, const std::vector<std::string>& header) {
  const auto wrong = [&](std::string_view what) {
    return Error(Code::kInvalid, fmt::format("{}:{}: {}", mapping_->file, name.line, what));
  };
  if (name.number > 0) {
    if (name.number > width_)
      return wrong(fmt::format("column {} of a file with {} columns", name.number, width_));
    places_.push_back(name.number - 1);
    return {};
  }
  const auto found = std::find(header.begin(), header.end(), name.name);
  if (found == header.end()) {
    if (header.empty()) {
      return wrong(fmt::format(
          "\"{}\": the file has no header; give [file] columns = […], or write columns by number",
          name.name));
    }
    const auto near = nearest_name(name.name, header);
    std::string all;
    for (const std::string& one : header) all += (all.empty() ? "" : ", ") + one;
    return wrong(
        fmt::format("the file has no column \"{}\"; {}", name.name,
                    near ? fmt::format("did you mean \"{}\"?", *near) : "its columns: " + all));
  }
  if (std::find(found + 1, header.end(), name.name) != header.end()) {
    return wrong(
        fmt::format("the file has more than one column \"{}\"; name it by its number: column = {}",
                    name.name, found - header.begin() + 1));
  }
  places_.push_back(static_cast<std::size_t>(found - header.begin()));
  return {};
}

void RowMapper::note_unused(const std::vector<std::string>& header) {
  const std::vector<std::string>& ignore = mapping_->format.ignore;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool used = std::find(places_.begin(), places_.end(), i) != places_.end();
    if (!used && std::find(ignore.begin(), ignore.end(), header[i]) == ignore.end())
      unused_.push_back(header[i]);
  }
}

std::string_view RowMapper::value(const CsvRow& row, std::size_t column) const {
  std::string_view text = row.fields[places_[column]];
  if (mapping_->format.trim) text = trimmed(text);
  const std::vector<std::string>& blank = mapping_->format.blank;
  return std::find(blank.begin(), blank.end(), text) != blank.end() ? std::string_view() : text;
}

int RowMapper::skipped_by(const CsvRow& row) const {
  for (std::size_t i = 0; i < mapping_->skip.size(); ++i) {
    const SkipRule& rule = mapping_->skip[i];
    const std::string_view text = value(row, rule.column);
    const auto equal = [&](const std::string& one) { return text == one; };
    const auto begins = [&](const std::string& one) { return text.starts_with(one); };
    const auto any = [&](const auto& test) {
      return std::any_of(rule.values.begin(), rule.values.end(), test);
    };
    bool hit = false;
    switch (rule.test) {
      case SkipRule::Test::kEquals: hit = any(equal); break;
      case SkipRule::Test::kDiffers: hit = !any(equal); break;
      case SkipRule::Test::kBeginsWith: hit = any(begins); break;
      case SkipRule::Test::kBlank: hit = text.empty(); break;
    }
    if (hit) return static_cast<int>(i);
  }
  return -1;
}

void RowMapper::key_of(const CsvRow& row, std::string& out) const {
  out.clear();
  for (const std::size_t column : mapping_->incident.key) {
    const std::string_view part = value(row, column);
    if (part.empty()) {
      out.clear();
      return;
    }
    if (!out.empty()) out.push_back('\x1F');  // so that a|bc and ab|c differ
    out.append(part);
  }
}

void RowMapper::map(const CsvRow& row, std::uint64_t number, AlertDraft& out,
                    std::vector<FieldError>& problems) {
  out.line = row.line;
  out.row = number;
  map_reference(row, number, out, problems);
  for (std::size_t i = 0; i < kTextFields; ++i) {
    const auto field = static_cast<TextField>(i);
    if (field == TextField::kPartnerRef) continue;
    if (mapping_->texts[i])
      map_text(*mapping_->texts[i], to_string(field), row, out.texts[i], problems);
  }
  map_codes(mapping_->operations, "operations", row, out.operations, problems);
  out.places.resize(mapping_->places.size());
  for (std::size_t i = 0; i < out.places.size(); ++i) {
    map_text(mapping_->places[i].second, place_names_[i], row, out.places[i], problems);
  }
  if (mapping_->occurred_at)
    map_time(*mapping_->occurred_at, mapping_->record->is_alert() ? "occurred_at" : "happened_at",
             row, out.occurred_at, problems);
  if (mapping_->reported_at)
    map_time(*mapping_->reported_at, "reported_at", row, out.reported_at, problems);
  out.stages.assign(mapping_->stages.size(), std::nullopt);
  out.stage_rows.assign(mapping_->stages.size(), number);
  out.dateless.clear();
  for (std::size_t i = 0; i < out.stages.size(); ++i) map_stage(i, row, out, problems);
  if (mapping_->amount) map_amount(*mapping_->amount, row, out, problems);
  else out.amount_fen.reset();
  if (!mapping_->record->is_alert()) map_report(row, out.report, problems);
}

// The alert's own number: from the file, from the incident's key, or the row's number behind the file's digest.
void RowMapper::map_reference(const CsvRow& row, std::uint64_t number, AlertDraft& out,
                              std::vector<FieldError>& problems) {
  std::string& reference = out.text(TextField::kPartnerRef);
  const auto& spec = mapping_->text(TextField::kPartnerRef);
  if (spec && !spec->source.pieces.empty()) {
    map_text(*spec, to_string(TextField::kPartnerRef), row, reference, problems);
  } else if (!spec && !mapping_->incident.key.empty()) {
    key_of(row, reference);
    std::replace(reference.begin(), reference.end(), '\x1F', '-');
  } else {
    reference = fmt::format("{}-{}", reference_stem_, number);
  }
}

// The value in the row, joined where it comes from several columns. Empty: blank. Good until the next call.
std::string_view RowMapper::source_text(const Source& source, const CsvRow& row) {
  if (source.pieces.size() == 1) {
    const Piece& only = source.pieces.front();
    return only.column ? value(row, *only.column) : std::string_view(only.literal);
  }
  joined_.clear();
  bool said = false;
  for (const Piece& piece : source.pieces) {
    if (!piece.column) {
      joined_.append(piece.literal);
      continue;
    }
    const std::string_view part = value(row, *piece.column);
    if (part.empty() && !piece.may_be_blank) return {};
    joined_.append(part);
    said = said || !part.empty();
  }
  return said ? trimmed(joined_) : std::string_view();
}

void RowMapper::map_text(const TextSpec& spec, std::string_view field, const CsvRow& row,
                         std::string& out, std::vector<FieldError>& problems) {
  const char* problem = nullptr;
  apply_steps(spec, source_text(spec.source, row), out, problem);
  if (problem != nullptr) problems.push_back({"/" + std::string(field), "unknown_code", problem});
}

void RowMapper::map_codes(const std::vector<TextSpec>& specs, std::string_view field,
                          const CsvRow& row, std::vector<std::string>& out,
                          std::vector<FieldError>& problems) {
  out.clear();
  for (const TextSpec& spec : specs) {
    std::string_view rest = source_text(spec.source, row);
    bool more = true;
    while (more) {
      const auto at = spec.each.empty() ? std::string_view::npos : rest.find(spec.each);
      const char* problem = nullptr;
      apply_steps(spec, rest.substr(0, at), scratch_, problem);
      if (problem != nullptr)
        problems.push_back({"/" + std::string(field), "unknown_code", problem});
      const bool known = std::find(out.begin(), out.end(), scratch_) != out.end();
      if (!scratch_.empty() && !known) out.push_back(scratch_);
      more = at != std::string_view::npos;
      if (more) rest.remove_prefix(at + spec.each.size());
    }
  }
}

// What the row says of a time; nothing when it is blank, or no such time, which is a problem then.
std::optional<CivilParts> RowMapper::parse_time(const TimeSpec& spec, std::string_view field,
                                                const CsvRow& row,
                                                std::vector<FieldError>& problems) {
  const std::string_view text = source_text(spec.source, row);
  if (text.empty()) return std::nullopt;
  for (const TimeFormat& format : spec.formats) {
    if (auto parts = format.parse(text)) return parts;
  }
  std::string hint = "is no such time as the mapping says:";
  for (const TimeFormat& format : spec.formats) hint += fmt::format(" \"{}\"", format.text());
  problems.push_back({"/" + std::string(field), "timestamp", std::move(hint)});
  return std::nullopt;
}

void RowMapper::map_time(const TimeSpec& spec, std::string_view field, const CsvRow& row,
                         std::optional<Stamp>& out, std::vector<FieldError>& problems) {
  out.reset();
  const auto parts = parse_time(spec, field, row, problems);
  if (!parts) return;
  if (parts->instant) {
    out = spec.zone.at_instant(*parts->instant);
  } else if (parts->day) {
    out = stamp_of(spec, parts->day->value * kUsPerDay + parts->of_day_us, parts->offset_minutes);
  } else {
    problems.push_back(no_base(field));
  }
}

// A stage counts from its own row where that says what it counts from: rows of one incident may lie days apart.
void RowMapper::map_stage(std::size_t stage, const CsvRow& row, AlertDraft& out,
                          std::vector<FieldError>& problems) {
  const TimeSpec& spec = mapping_->stages[stage].second;
  const auto parts = parse_time(spec, stage_names_[stage], row, problems);
  if (!parts) return;
  if (parts->instant) {
    out.stages[stage] = spec.zone.at_instant(*parts->instant);
    return;
  }
  const auto& base = spec.base == Base::kOccurred ? out.occurred_at : out.reported_at;
  if (!parts->day && !base) {
    out.dateless.push_back(
        {stage, out.row, parts->of_day_us, parts->offset_minutes, out.reported_at});
    return;
  }
  const std::int64_t civil = parts->day ? parts->day->value * kUsPerDay + parts->of_day_us
                                        : after(*base, parts->of_day_us);
  out.stages[stage] = stamp_of(spec, civil, parts->offset_minutes);
}

void RowMapper::settle(AlertDraft& draft, std::vector<FieldError>& problems) const {
  std::sort(draft.dateless.begin(), draft.dateless.end(), [](const auto& x, const auto& y) {
    return std::pair(x.stage, x.row) < std::pair(y.stage, y.row);
  });
  for (const DatelessStage& waiting : draft.dateless) {
    const TimeSpec& spec = mapping_->stages[waiting.stage].second;
    std::optional<Stamp> base = waiting.reported ? waiting.reported : draft.reported_at;
    if (spec.base == Base::kOccurred && draft.occurred_at) base = draft.occurred_at;
    if (base) {
      merge_stage(spec.source.take, draft, waiting.stage,
                  stamp_of(spec, after(*base, waiting.of_day_us), waiting.offset_minutes),
                  waiting.row);
      continue;
    }
    FieldError problem = no_base(stage_names_[waiting.stage]);
    const bool told = std::any_of(problems.begin(), problems.end(), [&](const FieldError& one) {
      return one.pointer == problem.pointer && one.rule == problem.rule;
    });
    if (!told) problems.push_back(std::move(problem));
  }
  draft.dateless.clear();
}

void RowMapper::map_amount(const AmountSpec& spec, const CsvRow& row, AlertDraft& out,
                           std::vector<FieldError>& problems) {
  out.amount_fen.reset();
  const std::string_view text = source_text(spec.source, row);
  if (text.empty()) return;
  out.amount_fen = amount_from(text, spec.fen_per_unit);
  if (!out.amount_fen) {
    problems.push_back({"/amount_fen", "amount",
                        "must be a decimal number that is not negative and no finer than a fen: "
                        "1234.50 or 1,234.50"});
  }
}

}  // namespace lamplight::importer
