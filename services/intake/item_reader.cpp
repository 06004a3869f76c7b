#include "item_reader.hpp"

#include <algorithm>
#include <utility>

#include "model/item_parser.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"
#include "problems.hpp"
#include "record_types.hpp"

namespace lamplight::intake {

namespace {
constexpr std::size_t kDigestBytes = 16;

std::uint32_t said_fields(Kind kind) {
  return with_type(kind, [](auto tag) { return kSaidFields<typename decltype(tag)::Type>; });
}
}  // namespace

Id16 set_body_digest(const Secret& secret, Kind kind, std::string& payload) {
  const std::uint32_t said_by_sender = said_fields(kind);
  MsgpackReader reader(as_bytes(payload));
  const std::uint32_t fields = reader.array();
  const std::size_t from = reader.position();
  for (std::uint32_t i = 0; i < said_by_sender; ++i) reader.skip();
  const std::size_t said = reader.position() - from;
  reader.skip();  // idempotency_key
  const Bytes place = reader.bin();
  LAMPLIGHT_CHECK(fields == said_by_sender + 2 && reader.ok() && place.size() == kDigestBytes,
                  "an encoded record ends with idempotency_key and body_digest");
  const Id16 digest = secret.digest(as_bytes(payload).subspan(from, said));
  std::copy(digest.bytes.begin(), digest.bytes.end(),
            payload.begin() + static_cast<std::ptrdiff_t>(reader.position() - kDigestBytes));
  return digest;
}

/// Reads the items of one kind.
template <typename T>
class ItemReader::Of final : public OfKind {
 public:
  Of(const CodeLists& codes, const Secret& secret, const Horizon& horizon)
      : parser_(codes), codes_(codes), secret_(secret), horizon_(horizon) {}

  void read(std::string_view json, const Id16& key, Batch& batch) override {
    if (!keeps_every_rule(json)) {
      refuse(broken_rules(kind_of<T>(), errors_), batch);
      return;
    }
    record_.partner = batch.partner;
    Item item;
    item.key = key;
    if (!warnings_.empty()) {
      item.note = static_cast<std::int32_t>(batch.notes.size());
      Note& note = batch.notes.emplace_back();
      note.warnings = warnings_;
      find_open_codes(note.open_codes);
    }
    encode_into(item, batch);
    batch.items.push_back(item);
  }

 private:
  [[nodiscard]] bool keeps_every_rule(std::string_view json) {
    if (!parser_.parse_padded(json, record_, errors_, warnings_)) return false;
    if (horizon_.clock != nullptr)
      note_future_times(record_, horizon_.clock->wall().plus_us(horizon_.ahead_us), errors_);
    return errors_.empty();
  }

  void find_open_codes(std::vector<OpenCode>& out) const {
    for_each_code(record_, [&](CodeList list, std::string_view code) {
      if (codes_.find(list, code) == nullptr) out.push_back({list, std::string(code)});
    });
  }

  void encode_into(Item& item, Batch& batch) {
    if (item.key != Id16{}) record_.idempotency_key = item.key;
    record_.body_digest = {};
    writer_.clear();
    encode(record_, writer_);
    std::string payload = writer_.take();
    item.digest = set_body_digest(secret_, kind_of<T>(), payload);

    item.payload_at = static_cast<std::uint32_t>(batch.payloads.size());
    item.payload_size = static_cast<std::uint32_t>(payload.size());
    batch.payloads += payload;

    item.reference = secret_.reference(kind_of<T>(), batch.partner, record_.partner_ref);
    if constexpr (kIsAlert<T>) {
      item.names = record_.withdraws ? *record_.withdraws : record_.corrects.value_or(Id16{});
      item.withdrawal = record_.withdraws.has_value();
    }
    item.reported_at = record_.reported_at.at;
    item.status = record_.status;
  }

  ItemParser<T> parser_;
  const CodeLists& codes_;
  const Secret& secret_;
  const Horizon horizon_;
  T record_;
  std::vector<FieldError> errors_;
  std::vector<Warning> warnings_;
  MsgpackWriter writer_;
};

ItemReader::ItemReader(const CodeLists& codes, const Secret& secret, Horizon horizon)
    : codes_(codes), secret_(secret), horizon_(horizon) {}

ItemReader::~ItemReader() = default;

void ItemReader::read(std::string_view json, const Id16& key, Batch& batch) {
  std::unique_ptr<OfKind>& of_kind = of_kinds_[static_cast<std::size_t>(batch.kind)];
  if (!of_kind) {
    with_type(batch.kind, [&](auto tag) {
      of_kind = std::make_unique<Of<typename decltype(tag)::Type>>(codes_, secret_, horizon_);
    });
  }
  of_kind->read(json, key, batch);
}

void ItemReader::refuse(http::Problem problem, Batch& batch) {
  Item item;
  item.outcome = Outcome::kInvalid;
  item.note = static_cast<std::int32_t>(batch.notes.size());
  batch.notes.emplace_back().problem = std::move(problem);
  batch.items.push_back(item);
}

std::unique_ptr<ItemReader> ItemReaders::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!resting_.empty()) {
      std::unique_ptr<ItemReader> reader = std::move(resting_.back());
      resting_.pop_back();
      return reader;
    }
  }
  return std::make_unique<ItemReader>(codes_, secret_, horizon_);
}

void ItemReaders::give_back(std::unique_ptr<ItemReader> reader) {
  const std::lock_guard lock(mutex_);
  if (resting_.size() < kKept) resting_.push_back(std::move(reader));
}

}  // namespace lamplight::intake
