#include "publisher.hpp"

namespace lamplight::intake {

namespace {
bool is_zero(const Id16& id) { return id == Id16{}; }
}  // namespace

Publisher::Publisher(bus::Client& client, UuidSource& ids, PublisherObserver& observer,
                     Options options)
    : client_(client), ids_(ids), observer_(observer), options_(options) {}

void Publisher::submit(BatchPtr batch, std::int64_t now_us) {
  batch->next = 0;
  batch->open = 0;
  for (const Item& item : batch->items) batch->open += item.outcome == Outcome::kOpen ? 1U : 0U;
  batch->deadline_us = now_us + options_.answer_timeout_us;
  open_items_ += batch->open;
  if (batch->open == 0) {
    answered_.push_back(std::move(batch));
    return;
  }
  open_bytes_ += batch->payloads.size();
  unanswered_.push_back(batch);
  queue_.push_back(std::move(batch));
}

void Publisher::advance(const IntakeState* state, Offset cut, std::int64_t now_us) {
  if (state != nullptr) {
    state_ = state;
    cut_ = cut;
    drop_folded();
    decide_again();
    pump();
    state_ = nullptr;
  }
  expire(now_us);
  hand_out();
}

void Publisher::pump() {
  while (!queue_.empty()) {
    const BatchPtr& batch = queue_.front();
    for (; batch->next < batch->items.size(); ++batch->next) {
      if (batch->items[batch->next].outcome != Outcome::kOpen) continue;
      if (decide({batch, batch->next}) == Decision::kLater) return;
    }
    queue_.pop_front();
  }
}

void Publisher::decide_again() {
  std::vector<Place> again;
  again.swap(again_);
  for (const Place& place : again) {
    if (place.item().outcome != Outcome::kOpen) continue;  // timed out meanwhile
    if (decide(place) == Decision::kLater) again_.push_back(place);
  }
}

Publisher::Decision Publisher::decide(const Place& place) {
  // A repeat is answered as the first was, before any rule is looked at: a withdrawal sent twice is no error.
  if (answer_from_pending(place) || answer_from_state(place)) return Decision::kDone;
  if (!client_.state().connected) {
    settle(place, Outcome::kUnavailable);
    return Decision::kDone;
  }
  if (pending_.size() >= options_.max_under_way) return Decision::kLater;
  if (!takes_codes(place)) return Decision::kDone;
  const Item& item = place.item();
  if (is_zero(item.names)) {
    const Id16 id = ids_.next();
    return publish(place, id, id);
  }
  const std::optional<Id16> root = check_relation(place);
  return root ? publish(place, ids_.next(), *root) : Decision::kDone;
}

bool Publisher::answer_from_pending(const Place& place) {
  const Item& item = place.item();
  Pending* same_key = is_zero(item.key) ? nullptr : find_pending(by_key_, item.key);
  Pending* first = same_key != nullptr ? same_key : find_pending(by_reference_, item.reference);
  if (first == nullptr) return false;
  if (!first->acked) {
    // Whatever the answer is, it holds only if the first becomes durable.
    first->waiters.push_back(place);
    return true;
  }
  const bool same_words = first->digest == item.digest;
  const Outcome outcome = same_key != nullptr
                              ? (same_words ? Outcome::kAccepted : Outcome::kKeyReused)
                              : (same_words ? Outcome::kDuplicate : Outcome::kReferenceConflict);
  if (same_words) observer_.duplicate(same_key != nullptr ? "key" : "reference");
  settle(place, outcome, first->id, first->offset, first->time);
  return true;
}

bool Publisher::answer_from_state(const Place& place) {
  const Item& item = place.item();
  const Record* same_key = is_zero(item.key) ? nullptr : state_->by_key(item.key);
  const Record* first = same_key != nullptr ? same_key : state_->by_reference(item.reference);
  if (first == nullptr) return false;
  const bool same_words = first->digest == item.digest;
  const Outcome outcome = same_key != nullptr
                              ? (same_words ? Outcome::kAccepted : Outcome::kKeyReused)
                              : (same_words ? Outcome::kDuplicate : Outcome::kReferenceConflict);
  if (same_words) observer_.duplicate(same_key != nullptr ? "key" : "reference");
  settle(place, outcome, first->id, first->offset, first->time);
  return true;
}

std::optional<Publisher::Named> Publisher::find_named(const std::string& partner, const Id16& id) {
  Named named;
  if (const Pending* under_way = find_pending(by_id_, id)) {
    if (under_way->kind != Kind::kAlert || under_way->partner != partner) return std::nullopt;
    named.root = under_way->root;
    named.withdrawal = under_way->withdrawal;
    named.actual = under_way->actual;
    if (const Pending* root = find_pending(by_id_, named.root)) named.actual |= root->actual;
  } else {
    const Record* record = state_->by_id(id);
    if (record == nullptr || record->kind != Kind::kAlert || record->unresolved ||
        state_->partner(*record) != partner)
      return std::nullopt;
    named.root = state_->at(record->root).id;
    named.withdrawal = record->withdrawal;
    named.actual = record->actual;
  }
  if (const auto under_way = withdrawn_.find(named.root); under_way != withdrawn_.end()) {
    named.withdrawn_by = under_way->second;
  } else if (const Record* root = state_->by_id(named.root)) {
    if (const Record* by = state_->withdrawn_by(*root)) named.withdrawn_by = by->id;
  }
  // An Actual correction under way, unless it is the one that is named, may be missed here: what comes is then taken
  // without effect, as the fold and tally say.
  if (const Record* root = state_->by_id(named.root)) named.actual |= state_->touches_actual(*root);
  return named;
}

/// The root of what the item corrects or withdraws, or nothing and the item is refused.
std::optional<Id16> Publisher::check_relation(const Place& place) {
  const std::optional<Named> named = find_named(place.batch->partner, place.item().names);
  if (!named) {
    settle(place, Outcome::kUnknownAlert);
    return std::nullopt;
  }
  if (named->withdrawal) {
    settle(place, Outcome::kIsWithdrawal, place.item().names);
    return std::nullopt;
  }
  if (!is_zero(named->withdrawn_by)) {
    settle(place, Outcome::kWithdrawn, named->withdrawn_by);
    return std::nullopt;
  }
  if (named->actual && place.item().status != AlertStatus::kActual) {
    settle(place, Outcome::kOnlyActual, place.item().names);
    return std::nullopt;
  }
  return named->root;
}

/// False, and the item is refused, when it would bring one code too many onto the log: what grows without end is free
/// text in a code's place, and the log forgets nothing.
bool Publisher::takes_codes(const Place& place) {
  if (options_.lists == nullptr || place.item().note < 0) return true;
  const auto& open = place.batch->notes[static_cast<std::size_t>(place.item().note)].open_codes;
  if (open.empty()) return true;
  count_open_codes();
  for (const OpenCode& code : open) {
    if (state_->codes().has(code.list, code.code) || new_codes_.has(code.list, code.code)) continue;
    const std::size_t known =
        open_codes_[static_cast<std::size_t>(code.list)] + new_codes_.of(code.list).size();
    if (known < options_.max_open_codes) continue;
    place.item().full = code.list;
    settle(place, Outcome::kTooManyCodes);
    return false;
  }
  for (const OpenCode& code : open) {
    if (!state_->codes().has(code.list, code.code)) new_codes_.add(code.list, code.code);
  }
  return true;
}

void Publisher::count_open_codes() {
  if (pending_.empty()) new_codes_.clear();
  if (counted_state_ == state_ && counted_codes_ == state_->codes().size()) return;
  counted_state_ = state_;
  counted_codes_ = state_->codes().size();
  CodeSets still_new;
  for (std::size_t i = 0; i < kCodeListCount; ++i) {
    const auto list = static_cast<CodeList>(i);
    open_codes_[i] = 0;
    for (const std::string* code : state_->codes().of(list))
      open_codes_[i] += options_.lists->find(list, *code) == nullptr ? 1U : 0U;
    for (const std::string* code : new_codes_.of(list)) {
      if (!state_->codes().has(list, *code)) still_new.add(list, *code);
    }
  }
  new_codes_ = std::move(still_new);
}

Publisher::Decision Publisher::publish(const Place& place, const Id16& id, const Id16& root) {
  const Item& item = place.item();
  bus::NewEvent event;
  const KindInfo& kind = info_of(place.batch->kind);
  event.subject = kind.subject;
  event.id = id;
  event.dedupe = item.reference;
  event.schema = kind.schema;
  event.payload = place.batch->payload(item);
  std::optional<TimeUs> seed_time;
  if (client_.state().seeding) seed_time = item.reported_at;

  const Result<void> sent = client_.publish(
      event, seed_time, [this](const Result<bus::Acked>& acked) { acknowledged(acked); });

  if (sent) {
    add_pending(place, id, root);
    return Decision::kDone;
  }
  if (sent.error().code() == Code::kOverloaded) return Decision::kLater;
  const bool away =
      sent.error().code() == Code::kUnavailable || sent.error().code() == Code::kFenced;
  settle(place, away ? Outcome::kUnavailable : Outcome::kFailed);
  return Decision::kDone;
}

void Publisher::add_pending(const Place& place, const Id16& id, const Id16& root) {
  const Item& item = place.item();
  const Number number = first_pending_ + pending_.size();
  Pending& added = pending_.emplace_back();
  added.place = place;
  added.partner = place.batch->partner;
  added.kind = place.batch->kind;
  added.id = id;
  added.reference = item.reference;
  added.key = item.key;
  added.digest = item.digest;
  added.root = root;
  added.withdrawal = item.withdrawal;
  added.actual = item.status == AlertStatus::kActual;
  by_id_.emplace(id, number);
  by_reference_.emplace(item.reference, number);
  if (!is_zero(item.key)) by_key_.emplace(item.key, number);
  if (item.withdrawal && added.actual) withdrawn_.emplace(root, id);
  ++unacknowledged_;
}

void Publisher::acknowledged(const Result<bus::Acked>& acked) {
  LAMPLIGHT_CHECK(next_ack_ - first_pending_ < pending_.size(),
                  "the bus acknowledged what intake did not publish");
  Pending& pending = pending_[next_ack_ - first_pending_];
  ++next_ack_;
  --unacknowledged_;
  for (Place& waiter : pending.waiters) again_.push_back(std::move(waiter));
  pending.waiters.clear();
  const Place place = std::move(pending.place);
  pending.place = {};
  if (!acked) {
    forget(pending);
    settle(place, Outcome::kFailed);
    return;
  }
  if (acked->duplicate) {
    // The log holds this reference from before, though the fold has not shown it yet: the fold will say under which id.
    observer_.duplicate("bus");
    forget(pending);
    for_fold_.emplace_back(acked->offset, place);
    return;
  }
  pending.acked = true;
  pending.offset = acked->offset;
  pending.time = acked->time;
  observer_.accepted(pending.partner, place.item().status);
  settle(place, Outcome::kAccepted, pending.id, pending.offset, pending.time);
}

void Publisher::forget(Pending& pending) {
  pending.gone = true;
  by_id_.erase(pending.id);
  by_reference_.erase(pending.reference);
  if (!is_zero(pending.key)) by_key_.erase(pending.key);
  if (pending.withdrawal && pending.actual) withdrawn_.erase(pending.root);
}

void Publisher::drop_folded() {
  while (!pending_.empty()) {
    Pending& first = pending_.front();
    const bool in_state = first.acked && first.offset <= cut_;
    if (!first.gone && !in_state) break;
    if (!first.gone) forget(first);
    pending_.pop_front();
    ++first_pending_;
  }
  for (std::size_t i = 0; i < for_fold_.size();) {
    if (for_fold_[i].first > cut_) {
      ++i;
      continue;
    }
    const Place place = std::move(for_fold_[i].second);
    for_fold_.erase(for_fold_.begin() + static_cast<std::ptrdiff_t>(i));
    if (place.item().outcome == Outcome::kOpen && !answer_from_state(place))
      settle(place, Outcome::kFailed);
  }
}

void Publisher::settle(const Place& place, Outcome outcome, const Id16& id, Offset offset,
                       TimeUs time) {
  Item& item = place.item();
  if (item.outcome != Outcome::kOpen) return;  // timed out before
  item.outcome = outcome;
  item.id = id;
  item.offset = offset;
  item.time = time;
  --open_items_;
  if (--place.batch->open != 0) return;
  open_bytes_ -= place.batch->payloads.size();
  answered_.push_back(place.batch);
}

void Publisher::expire(std::int64_t now_us) {
  while (!unanswered_.empty()) {
    const BatchPtr batch = unanswered_.front();
    if (batch->open != 0 && batch->deadline_us > now_us) return;
    for (std::size_t i = 0; i < batch->items.size() && batch->open != 0; ++i) {
      if (batch->items[i].outcome == Outcome::kOpen) settle({batch, i}, Outcome::kTimedOut);
    }
    unanswered_.pop_front();
  }
}

void Publisher::hand_out() {
  std::vector<BatchPtr> answered;
  answered.swap(answered_);
  for (const BatchPtr& batch : answered) {
    const std::shared_ptr<BatchOwner> owner = std::move(batch->owner);
    if (owner) owner->answered(batch);
  }
}

Publisher::Pending* Publisher::find_pending(const Index& index, const Id16& key) {
  const auto found = index.find(key);
  return found == index.end() ? nullptr : &pending_[found->second - first_pending_];
}

}  // namespace lamplight::intake
