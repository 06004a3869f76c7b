#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"
#include "tally/measure/measure_state.hpp"

/// A state as MessagePack: [version, question, count, by, cells, keys, candidates], everything in order of its words.
namespace lamplight::tally {
namespace {

constexpr std::uint64_t kVersion = 2;  // sums have 128 bits: the high half, the low half

std::uint32_t size_of(std::size_t size) { return static_cast<std::uint32_t>(size); }

void write(MsgpackWriter& out, const std::vector<std::string>& words) {
  out.array(size_of(words.size()));
  for (const std::string& word : words) out.str(word);
}
void write(MsgpackWriter& out, const KeyTexts& words) {
  out.array(size_of(words.size()));
  for (const auto& word : words) {
    if (word) out.str(*word);
    else out.nil();
  }
}
void write(MsgpackWriter& out, const MeasureState::Cells& cells) {
  out.array(size_of(cells.size()));
  for (const auto& [cell, sums] : cells) {
    write(out, cell);
    out.sint(static_cast<std::int64_t>(sums.n >> 64));
    out.uint(static_cast<std::uint64_t>(sums.n));
    for (const std::int64_t number : {sums.entries, sums.at_least, sums.reaches, sums.without_key,
                                      sums.conflicts, sums.senders_keys})
      out.sint(number);
  }
}

std::vector<std::string> read_words(MsgpackReader& in) {
  std::vector<std::string> words;
  for (std::uint32_t n = in.array(); n > 0 && in.ok(); --n) words.emplace_back(in.str());
  return words;
}
KeyTexts read_texts(MsgpackReader& in) {
  KeyTexts words;
  for (std::uint32_t n = in.array(); n > 0 && in.ok(); --n) {
    if (in.take_nil()) words.emplace_back(std::nullopt);
    else words.emplace_back(std::string(in.str()));
  }
  return words;
}
MeasureState::Cells read_cells(MsgpackReader& in) {
  MeasureState::Cells cells;
  for (std::uint32_t n = in.array(); n > 0 && in.ok(); --n) {
    Sums& sums = cells[read_texts(in)];
    sums.n = WideSum{in.sint()} << 64;
    sums.n |= in.uint();
    for (std::int64_t* number : {&sums.entries, &sums.at_least, &sums.reaches, &sums.without_key,
                                 &sums.conflicts, &sums.senders_keys})
      *number = in.sint();
  }
  return cells;
}

}  // namespace

std::string MeasureState::save() const {
  MsgpackWriter out;
  out.array(7);
  out.uint(kVersion);
  out.str(question_);
  out.uint(static_cast<std::uint64_t>(count_));
  write(out, by_);
  write(out, cells_);
  out.array(size_of(keys_.size()));
  for (const auto& [cell, keys] : keys_) {
    write(out, cell);
    out.array(size_of(keys.size()));
    for (const auto& [key, rows] : keys) {
      write(out, key);
      out.uint(rows);
    }
  }
  out.array(size_of(candidates_.size()));
  for (const auto& [key, candidate] : candidates_) {
    const auto& [first, second, third, fourth] = candidate.order;
    write(out, key);
    out.sint(first);
    out.sint(second);
    out.str(third);
    out.str(fourth);
    out.sint(candidate.lowest);
    out.sint(candidate.highest);
    write(out, candidate.adds);
  }
  return out.take();
}

Result<MeasureState> MeasureState::load(Bytes bytes) {
  MsgpackReader in(bytes);
  MeasureState state;
  const bool known = in.array() == 7 && in.uint() == kVersion;
  if (known) state.question_ = in.str();
  const std::uint64_t count = known ? in.uint() : 0;
  state.count_ = static_cast<CountBy>(count);
  if (known) state.by_ = read_words(in);
  if (known) state.cells_ = read_cells(in);
  for (std::uint32_t n = known ? in.array() : 0; n > 0 && in.ok(); --n) {
    auto& keys = state.keys_[read_texts(in)];
    for (std::uint32_t m = in.array(); m > 0 && in.ok(); --m) {
      std::uint64_t& rows = keys[read_words(in)];
      rows = in.uint();
    }
  }
  for (std::uint32_t n = known ? in.array() : 0; n > 0 && in.ok(); --n) {
    Candidate& candidate = state.candidates_[read_words(in)];
    auto& [first, second, third, fourth] = candidate.order;
    first = in.sint();
    second = in.sint();
    third = in.str();
    fourth = in.str();
    candidate.lowest = in.sint();
    candidate.highest = in.sint();
    candidate.adds = read_cells(in);
  }
  if (!known || !in.ok() || !in.at_end() || count > static_cast<std::uint64_t>(CountBy::kGangs))
    return Error(Code::kInvalid,
                 "these bytes are no state of a measure, version 2: export it again");
  return state;
}

}  // namespace lamplight::tally
