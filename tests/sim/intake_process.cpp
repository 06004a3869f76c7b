#include "intake_process.hpp"

#include <algorithm>

#include "intake/item_reader.hpp"
#include "model/alert.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::simtest {

namespace {

constexpr std::int64_t kRoundUs = 100'000;  // as in services/intake/service.cpp
constexpr std::string_view kPartner = "street-office";

bool is_final(intake::Outcome outcome) {
  switch (outcome) {
    case intake::Outcome::kUnavailable:
    case intake::Outcome::kTimedOut:
    case intake::Outcome::kFailed: return false;
    default: return true;
  }
}

}  // namespace

/// A request on its way; its answer counts only while the process lives.
class IntakeProcess::Owner final : public intake::BatchOwner {
 public:
  Owner(IntakeProcess& process, std::shared_ptr<sim::Life> life, std::vector<std::size_t> numbers)
      : process_(process), life_(std::move(life)), numbers_(std::move(numbers)) {}
  void answered(intake::BatchPtr batch) override {
    if (!life_->over) process_.answered(numbers_, *batch);
  }

 private:
  IntakeProcess& process_;
  std::shared_ptr<sim::Life> life_;
  std::vector<std::size_t> numbers_;
};

class IntakeProcess::Observer final : public intake::PublisherObserver {
 public:
  void accepted(const std::string&, AlertStatus) override {}
  void duplicate(std::string_view) override {}
};

IntakeProcess::IntakeProcess(const Surroundings& around, sim::Platter& platter,
                             sim::SimClock& clock, sim::SeededRandom random, Options options)
    : Process("intake", around, platter, clock, random), options_(options) {
  make_alerts();
}

IntakeProcess::~IntakeProcess() { end(); }

void IntakeProcess::make_alerts() {
  for (std::size_t n = 0; n < options_.alerts; ++n) {
    Alert alert;
    alert.reference = n;
    alert.has_key = chance_.chance(300'000);
    if (n > 0 && chance_.chance(150'000)) {  // an earlier one once more, perhaps in other words
      const Alert& earlier = alerts_[n - 1 - chance_.below(std::min<std::size_t>(n, 20))];
      alert = earlier;
      if (chance_.chance(500'000)) alert.words = n;
    } else if (n > 0 && chance_.chance(150'000)) {
      alert.names = n - 1 - chance_.below(std::min<std::size_t>(n, 20));
      alert.withdraws = chance_.chance(300'000);
    } else if (chance_.chance(30'000)) {
      alert.names_nothing = true;
    }
    alerts_.push_back(alert);
    todo_.push_back(n);
  }
  open_ = alerts_.size();
}

Result<void> IntakeProcess::begin(const Env& env) {
  failed_.reset();
  registry_ = std::make_unique<runtime::Registry>();
  metrics_ = std::make_unique<runtime::ServiceMetrics>(*registry_, "intake");
  observer_ = std::make_unique<Observer>();
  bus::ClientOptions client_options;
  client_options.name = "intake";
  client_options.role = bus::Role::kEdge;
  client_options.seed = true;
  auto client = std::make_unique<SimClient>(around_.network, env, life_, around_.checker,
                                            client_options, [this] { wake(); });
  client_ = client.get();
  intake::Core::Options options;
  options.snapshot_folder = kSnapshots;
  options.publisher.answer_timeout_us = options_.answer_timeout_us;
  intake::Core::Told told;
  told.ready_changed = [this](const std::string& why) {
    if (!dead()) around_.trace.line(now_us(), "intake {}", why.empty() ? "is ready" : why);
  };
  told.failed = [this](const Error& why) { failed_ = why; };
  told.figures = [](const intake::IntakeState&) {};
  core_ = std::make_unique<intake::Core>(env, std::move(client), secret_, *metrics_, *observer_,
                                         options, told);
  return {};
}

void IntakeProcess::end() {
  core_.reset();
  client_ = nullptr;
  metrics_.reset();
  registry_.reset();
  // The partners lost their connections and will ask again.
  for (auto at = under_way_.rbegin(); at != under_way_.rend(); ++at) todo_.push_front(at->first);
  under_way_.clear();
}

Result<std::int64_t> IntakeProcess::round() {
  core_->round(0);
  if (failed_) return *failed_;
  if (core_->admission() == intake::Admission::kOpen && now_us() >= next_submit_us_ &&
      !todo_.empty()) {
    submit();
    next_submit_us_ = now_us() + chance_.skewed(options_.pause_us / 10, options_.pause_us * 4);
  }
  if (chance_.chance(1'000)) (void)core_->snapshot();
  std::int64_t next = std::min(client_->next_us(), now_us() + kRoundUs);
  if (!todo_.empty() && next_submit_us_ > now_us()) next = std::min(next, next_submit_us_);
  return next;
}

Result<bool> IntakeProcess::drain() {
  core_->close();
  core_->round(0);
  if (failed_) return *failed_;
  if (!core_->idle()) return false;
  if (auto saved = core_->snapshot(); !saved) return saved.error();
  return true;
}

/// Whether what it names has its answer; when that was no id, the alert stands for itself.
bool IntakeProcess::ready(Alert& alert) const {
  if (!alert.names) return true;
  const Alert& named = alerts_[*alert.names];
  if (named.answered && !named.id) alert.names.reset();
  return named.answered;
}

void IntakeProcess::submit() {
  auto batch = std::make_shared<intake::Batch>();
  batch->partner = kPartner;
  std::vector<std::size_t> numbers;
  std::vector<std::size_t> later;
  for (std::uint64_t n = 1 + chance_.below(options_.most_in_batch); n > 0 && !todo_.empty(); --n) {
    const std::size_t number = todo_.front();
    todo_.pop_front();
    if (!ready(alerts_[number])) {
      later.push_back(number);
      continue;
    }
    add_item(alerts_[number], *batch);
    numbers.push_back(number);
    under_way_[number] = true;
  }
  todo_.insert(todo_.end(), later.begin(), later.end());
  if (numbers.empty()) return;
  batch->owner = std::make_shared<Owner>(*this, life_, std::move(numbers));
  core_->submit(std::move(batch));
}

void IntakeProcess::add_item(const Alert& alert, intake::Batch& batch) const {
  const std::string reference = "r-" + std::to_string(alert.reference);
  const std::string category = "words-" + std::to_string(alert.words);
  AlertReceived said;
  said.partner = kPartner;
  said.partner_ref = reference;
  said.class_code = "criminal";
  said.category = category;
  said.area = alert.reference % 2 == 0 ? "east" : "west";
  said.reported_at = {TimeUs{1'714'521'600'000'000 + static_cast<std::int64_t>(alert.reference)},
                      480};
  std::optional<Id16> names;
  if (alert.names) names = alerts_[*alert.names].id;
  if (alert.names_nothing) names = Id16{{9, 9, 9}};
  if (alert.withdraws) said.withdraws = names;
  else said.corrects = names;

  intake::Item item;
  if (alert.has_key) item.key = secret_.name({"key", reference});
  if (item.key != Id16{}) said.idempotency_key = item.key;
  MsgpackWriter writer;
  encode_alert(said, writer);
  std::string payload = writer.take();
  item.digest = intake::set_body_digest(secret_, payload);
  item.payload_at = static_cast<std::uint32_t>(batch.payloads.size());
  item.payload_size = static_cast<std::uint32_t>(payload.size());
  batch.payloads += payload;
  item.reference = secret_.reference(kPartner, reference);
  item.names = names.value_or(Id16{});
  item.withdrawal = alert.withdraws && names.has_value();
  item.reported_at = said.reported_at.at;
  batch.items.push_back(item);
}

void IntakeProcess::answered(const std::vector<std::size_t>& numbers, const intake::Batch& batch) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    under_way_.erase(numbers[i]);
    const intake::Item& item = batch.items[i];
    if (is_final(item.outcome)) {
      --open_;
      settle(numbers[i], item);
    } else {
      around_.trace.line(now_us(), "intake answers {}: later ({})", numbers[i],
                         static_cast<int>(item.outcome));
      todo_.push_front(numbers[i]);
    }
  }
}

void IntakeProcess::settle(std::size_t number, const intake::Item& item) {
  around_.trace.line(now_us(), "intake answers {}: outcome {} offset {}", number,
                     static_cast<int>(item.outcome), item.offset.value);
  alerts_[number].answered = true;
  if (item.outcome == intake::Outcome::kAccepted || item.outcome == intake::Outcome::kDuplicate) {
    ++accepted_;
    alerts_[number].id = item.id;
    around_.checker.acknowledged(item.id, item.offset, item.time);
    around_.checker.known_key(item.reference, item.offset);
  } else {
    around_.checker.refused_words(item.digest);
  }
}

}  // namespace lamplight::simtest
