#include "state.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace lamplight::intake {

namespace {
bool is_zero(const Id16& id) { return id == Id16{}; }

/// Ids are UUIDs of ours, the other keys keyed hashes: nobody outside can choose them, so nobody can make chains.
std::uint64_t hash_of(const Id16& id) { return std::hash<Id16>{}(id); }

void write_number(runtime::SnapshotWriter& out, std::uint32_t number) {
  if (number == kNoRecord) {
    out.nil();
  } else {
    out.uint(number);
  }
}

std::uint32_t read_number(runtime::SnapshotReader& in, std::uint32_t limit) {
  if (in.take_nil()) return kNoRecord;
  const std::uint64_t number = in.uint();
  if (number >= limit) in.fail();
  return static_cast<std::uint32_t>(number);
}

void write_id(runtime::SnapshotWriter& out, const Id16& id) {
  if (is_zero(id)) {
    out.nil();
  } else {
    out.bin(id.span());
  }
}

Id16 read_id(runtime::SnapshotReader& in) {
  if (in.take_nil()) return {};
  const Bytes bytes = in.bin();
  if (bytes.size() != 16) {
    in.fail();
    return {};
  }
  return Id16::from(bytes);
}

Kind read_kind(runtime::SnapshotReader& in) {
  const std::uint64_t number = in.uint();
  if (number < kKinds) return static_cast<Kind>(number);
  in.fail();
  return Kind::kAlert;
}

void write_counts(runtime::SnapshotWriter& out, const StatusCounts& by_status) {
  for (const std::uint64_t n : by_status) out.uint(n);
}

void read_counts(runtime::SnapshotReader& in, StatusCounts& by_status) {
  for (std::uint64_t& n : by_status) n = in.uint();
}

void write_record(runtime::SnapshotWriter& out, const Record& record) {
  out.array(14);
  write_id(out, record.id);
  write_id(out, record.reference);
  write_id(out, record.digest);
  write_id(out, record.key);
  out.uint(record.offset.value);
  out.sint(record.time.value);
  out.uint(record.partner);
  write_number(out, record.root);
  write_number(out, record.latest);
  write_number(out, record.withdrawn_by);
  out.boolean(record.withdrawal);
  out.boolean(record.actual);
  out.boolean(record.unresolved);
  out.uint(static_cast<std::uint64_t>(record.kind));
}

Record read_record(runtime::SnapshotReader& in, std::uint32_t records, std::size_t partners) {
  Record record;
  if (in.array() != 14) in.fail();
  record.id = read_id(in);
  record.reference = read_id(in);
  record.digest = read_id(in);
  record.key = read_id(in);
  record.offset.value = in.uint();
  record.time.value = in.sint();
  record.partner = static_cast<std::uint32_t>(in.uint());
  if (record.partner >= partners) in.fail();
  record.root = read_number(in, records);
  if (record.root == kNoRecord) in.fail();
  record.latest = read_number(in, records);
  record.withdrawn_by = read_number(in, records);
  record.withdrawal = in.boolean();
  record.actual = in.boolean();
  record.unresolved = in.boolean();
  record.kind = read_kind(in);
  return record;
}
}  // namespace

void IntakeState::evolve(const Event& event) {
  const std::optional<Kind> kind = kind_of_subject(event.subject);
  if (!kind) return;
  with_type(*kind, [&](auto tag) { take<typename decltype(tag)::Type>(event); });
}

template <typename T>
void IntakeState::take(const Event& event) {
  T& said = std::get<T>(scratch_);
  if (!decode(event.payload, said)) {
    ++unreadable_;
    return;
  }
  constexpr Kind kKind = kind_of<T>();
  ++kind_counts_[static_cast<std::size_t>(kKind)].at(static_cast<std::size_t>(said.status));
  if constexpr (kIsAlert<T>) count_class(said);
  for_each_code(said, [this](CodeList list, std::string_view code) { codes_.add(list, code); });
  if (by_id(event.id) != nullptr) return;
  Record record;
  record.id = event.id;
  record.reference = event.dedupe.value_or(Id16{});
  record.digest = said.body_digest;
  record.key = said.idempotency_key.value_or(Id16{});
  record.offset = event.offset;
  record.time = event.time;
  record.partner = partner_number(said.partner);
  record.kind = kKind;
  record.actual = said.status == AlertStatus::kActual;
  if constexpr (kIsAlert<T>) record.withdrawal = said.withdraws.has_value();
  const std::uint32_t number = append(record);
  if constexpr (kIsAlert<T>) relate(number, said);
  else mutable_at(number).root = number;
  index(number);
  if (!witness_ && !is_zero(record.reference)) {
    witness_ =
        Witness{kKind, std::string(said.partner), std::string(said.partner_ref), record.reference};
  }
}

std::uint32_t IntakeState::append(const Record& record) {
  LAMPLIGHT_CHECK(size_ < kNoRecord, "more records than intake can number");
  if (size_ % kChunk == 0) chunks_.push_back(std::make_unique<Record[]>(kChunk));
  mutable_at(size_) = record;
  return size_++;
}

void IntakeState::relate(std::uint32_t number, const AlertReceived& alert) {
  Record& record = mutable_at(number);
  record.root = number;
  const std::optional<Id16>& named = alert.withdraws ? alert.withdraws : alert.corrects;
  if (!named) {
    const Record* first = is_zero(record.reference) ? nullptr : by_reference(record.reference);
    if (first != nullptr && !first->unresolved) record.root = first->root;  // a repeat
    return;
  }
  const Record* target = by_id(*named);
  record.unresolved = target == nullptr || target->kind != Kind::kAlert ||
                      target->partner != record.partner || target->unresolved;
  if (record.unresolved) return;
  record.root = target->root;
  Record& root = mutable_at(target->root);
  if (!record.actual || root.withdrawn_by != kNoRecord) return;
  (record.withdrawal ? root.withdrawn_by : root.latest) = number;
}

void IntakeState::index(std::uint32_t number) {
  const Record& record = at(number);
  ids_.insert(hash_of(record.id), number);
  if (!is_zero(record.reference) && by_reference(record.reference) == nullptr) {
    references_.insert(hash_of(record.reference), number);
  }
  if (!is_zero(record.key) && by_key(record.key) == nullptr)
    keys_.insert(hash_of(record.key), number);
}

void IntakeState::count_class(const AlertReceived& alert) {
  auto place = counts_.find(alert.class_code);
  if (place == counts_.end())
    place = counts_.emplace(std::string(alert.class_code), StatusCounts{}).first;
  ++place->second.at(static_cast<std::size_t>(alert.status));
}

std::uint32_t IntakeState::partner_number(std::string_view name) {
  for (std::size_t i = 0; i < partners_.size(); ++i) {
    if (partners_[i] == name) return static_cast<std::uint32_t>(i);
  }
  partners_.emplace_back(name);
  return static_cast<std::uint32_t>(partners_.size() - 1);
}

const Record* IntakeState::found(std::uint32_t number) const {
  return number == HashIndex::kNone ? nullptr : &at(number);
}

const Record* IntakeState::by_id(const Id16& id) const {
  return found(ids_.find(hash_of(id), [&](std::uint32_t n) { return at(n).id == id; }));
}

const Record* IntakeState::by_reference(const Id16& reference) const {
  return found(references_.find(hash_of(reference),
                                [&](std::uint32_t n) { return at(n).reference == reference; }));
}

const Record* IntakeState::by_key(const Id16& key) const {
  return found(keys_.find(hash_of(key), [&](std::uint32_t n) { return at(n).key == key; }));
}

const Record* IntakeState::corrected_by(const Record& record) const {
  const std::uint32_t latest = at(record.root).latest;
  if (latest == kNoRecord || at(latest).offset <= record.offset) return nullptr;
  return &at(latest);
}

const Record* IntakeState::withdrawn_by(const Record& record) const {
  const std::uint32_t by = at(record.root).withdrawn_by;
  if (by == kNoRecord || record.withdrawal) return nullptr;
  return &at(by);
}

void IntakeState::save(runtime::SnapshotWriter& out) const {
  out.array(7);
  out.uint(unreadable_);
  if (witness_) {
    out.array(4);
    out.uint(static_cast<std::uint64_t>(witness_->kind));
    out.str(witness_->partner);
    out.str(witness_->partner_ref);
    out.bin(witness_->reference.span());
  } else {
    out.nil();
  }
  out.array(static_cast<std::uint32_t>(partners_.size()));
  for (const std::string& name : partners_) out.str(name);
  out.array(static_cast<std::uint32_t>(counts_.size()));
  for (const auto& [class_code, by_status] : counts_) {
    out.array(6);
    out.str(class_code);
    write_counts(out, by_status);
  }
  out.array(kKinds);
  for (const StatusCounts& by_status : kind_counts_) {
    out.array(5);
    write_counts(out, by_status);
  }
  out.array(kCodeListCount);
  for (std::size_t list = 0; list < kCodeListCount; ++list) {
    const auto& codes = codes_.of(static_cast<CodeList>(list));
    out.array(static_cast<std::uint32_t>(codes.size()));
    for (const std::string* code : codes) out.str(*code);
  }
  out.array(size_);
  for (std::uint32_t i = 0; i < size_; ++i) write_record(out, at(i));
}

void IntakeState::load(runtime::SnapshotReader& in) {
  if (in.array() != 7) return in.fail();
  unreadable_ = in.uint();
  if (!in.take_nil()) {
    if (in.array() != 4) return in.fail();
    Witness witness;
    witness.kind = read_kind(in);
    witness.partner = in.str();
    witness.partner_ref = in.str();
    witness.reference = read_id(in);
    witness_ = std::move(witness);
  }
  const std::uint32_t partners = in.array();
  for (std::uint32_t i = 0; i < partners && in.ok(); ++i) partners_.emplace_back(in.str());
  const std::uint32_t classes = in.array();
  for (std::uint32_t i = 0; i < classes && in.ok(); ++i) {
    if (in.array() != 6) return in.fail();
    read_counts(in, counts_[std::string(in.str())]);
  }
  if (in.array() != kKinds) return in.fail();
  for (StatusCounts& by_status : kind_counts_) {
    if (in.array() != 5) return in.fail();
    read_counts(in, by_status);
  }
  if (in.array() != kCodeListCount) return in.fail();
  for (std::size_t list = 0; list < kCodeListCount; ++list) {
    const std::uint32_t codes = in.array();
    for (std::uint32_t i = 0; i < codes && in.ok(); ++i)
      codes_.add(static_cast<CodeList>(list), in.str());
  }
  const std::uint32_t records = in.array();
  for (std::uint32_t i = 0; i < records && in.ok(); ++i) {
    const Record record = read_record(in, records, partners_.size());
    if (!in.ok()) return;
    index(append(record));
  }
}

}  // namespace lamplight::intake
