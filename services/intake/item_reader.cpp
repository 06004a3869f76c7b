#include "item_reader.hpp"

#include <algorithm>
#include <utility>

#include "alert_codes.hpp"
#include "model/msgpack_reader.hpp"
#include "problems.hpp"

namespace lamplight::intake {

namespace {
// Fields of AlertReceived by place: those the sender says (with the partner they are said by) come first, then intake's.
constexpr std::uint32_t kSaidFields = 14;
constexpr std::size_t kDigestBytes = 16;
}  // namespace

Id16 set_body_digest(const Secret& secret, std::string& payload) {
  MsgpackReader reader(as_bytes(payload));
  const std::uint32_t fields = reader.array();
  const std::size_t from = reader.position();
  for (std::uint32_t i = 0; i < kSaidFields; ++i) reader.skip();
  const std::size_t said = reader.position() - from;
  reader.skip();  // idempotency_key
  const Bytes place = reader.bin();
  LAMPLIGHT_CHECK(fields == kSaidFields + 2 && reader.ok() && place.size() == kDigestBytes,
                  "an encoded alert ends with idempotency_key and body_digest");
  const Id16 digest = secret.digest(as_bytes(payload).subspan(from, said));
  std::copy(digest.bytes.begin(), digest.bytes.end(),
            payload.begin() + static_cast<std::ptrdiff_t>(reader.position() - kDigestBytes));
  return digest;
}

void ItemReader::read(std::string_view json, const Id16& key, Batch& batch) {
  Item item;
  if (!keeps_every_rule(json)) {
    refuse(broken_rules(errors_), batch);
    return;
  }
  alert_.partner = batch.partner;
  item.key = key;
  if (!warnings_.empty()) {
    item.note = static_cast<std::int32_t>(batch.notes.size());
    Note& note = batch.notes.emplace_back();
    note.warnings = warnings_;
    find_open_codes(note.open_codes);
  }
  encode(item, batch);
  batch.items.push_back(item);
}

bool ItemReader::keeps_every_rule(std::string_view json) {
  if (!parser_.parse_padded(json, alert_, errors_, warnings_)) return false;
  if (horizon_.clock != nullptr)
    note_future_times(alert_, horizon_.clock->wall().plus_us(horizon_.ahead_us), errors_);
  return errors_.empty();
}

void ItemReader::find_open_codes(std::vector<OpenCode>& out) const {
  for_each_code(alert_, [&](CodeList list, std::string_view code) {
    if (codes_.find(list, code) == nullptr) out.push_back({list, std::string(code)});
  });
}

void ItemReader::encode(Item& item, Batch& batch) {
  if (item.key != Id16{}) alert_.idempotency_key = item.key;
  alert_.body_digest = {};
  writer_.clear();
  encode_alert(alert_, writer_);
  std::string payload = writer_.take();
  item.digest = set_body_digest(secret_, payload);

  item.payload_at = static_cast<std::uint32_t>(batch.payloads.size());
  item.payload_size = static_cast<std::uint32_t>(payload.size());
  batch.payloads += payload;

  item.reference = secret_.reference(batch.partner, alert_.partner_ref);
  item.names = alert_.withdraws ? *alert_.withdraws : alert_.corrects.value_or(Id16{});
  item.withdrawal = alert_.withdraws.has_value();
  item.reported_at = alert_.reported_at.at;
  item.status = alert_.status;
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
