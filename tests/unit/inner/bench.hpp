#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inner/decider.hpp"
#include "model/alert_description.hpp"
#include "model/frame.hpp"
#include "model/inner_descriptions.hpp"
#include "model/rfc3339.hpp"
#include "runtime/step.hpp"

/// The inner loop on a table: events go in, what it decided comes out. No bus, no disk; time is what the test says.
namespace lamplight::inner::test {

inline Id16 id_of(std::uint64_t number) {
  Id16 out;
  for (std::size_t i = 0; i < 8; ++i)
    out.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

inline TimeUs instant(std::string_view text) {
  Stamp stamp;
  EXPECT_EQ(parse_rfc3339(text, stamp), StampFault::kNone) << text;
  return stamp.at;
}

/// "2026-03-02T09:00:00+08:00", on the clock of the rules.
inline std::string shown(const std::optional<Stamp>& stamp) {
  return stamp ? to_rfc3339(*stamp) : std::string("never");
}

/// One thing that was decided.
struct Said {
  std::string subject;
  std::string payload;
  [[nodiscard]] CaseEvent event() const { return as<CaseEvent>(); }
  [[nodiscard]] CaseRefused refused() const { return as<CaseRefused>(); }

 private:
  template <typename T>
  [[nodiscard]] T as() const {
    T out;
    EXPECT_TRUE(decode(as_bytes(payload), out)) << subject;
    return out;
  }
};

class Bench {
 public:
  explicit Bench(const Table& table = kTable) : decider_(table) {}
  /// Of a long run only the last step is kept.
  void forget_all() { keeps_all_ = false; }
  /// Told of each input from now on, with what was decided on it.
  using Watcher = std::function<void(const Event& input, const std::vector<Said>& said)>;
  void on_step(Watcher watcher) { watcher_ = std::move(watcher); }

  [[nodiscard]] TimeUs now() const { return now_; }
  void set_now(TimeUs now) { now_ = now; }
  void set_now(std::string_view text) { set_now(instant(text)); }
  /// Time goes on, and every deadline in between is answered.
  void pass_until(TimeUs until) {
    while (decider_.next_due() && *decider_.next_due() <= until) {
      now_ = std::max(now_, *decider_.next_due());
      tick();
    }
    now_ = until;
  }
  void pass_until(std::string_view text) { pass_until(instant(text)); }
  void pass_minutes(std::int64_t minutes) { pass_until(now_.plus_us(minutes * kUsPerMinute)); }
  /// One telling of the time.
  void tick() { put("control.inner.time_reached", "inner/clock", {}, id_of(++ids_)); }

  AlertReceived dispute(std::string_view place = {}) const {
    AlertReceived alert;
    alert.partner = "local";
    alert.partner_ref = "A-1";
    alert.class_code = "dispute";
    alert.category = "dispute";
    alert.area = "wuma";
    if (!place.empty()) alert.places = {{"address_key", place}};
    alert.reported_at = {now_, 480};
    return alert;
  }
  /// The id of the alert.
  Id16 take(const AlertReceived& alert) {
    const Id16 id = id_of(++ids_);
    put(kAlertReceived, "intake", encoded(alert), id);
    return id;
  }
  template <typename Request>
  Id16 ask(const Request& request) {
    const Id16 id = id_of(++ids_);
    put(Description<Request>::kSubject, "console/edge", encoded(request), id);
    return id;
  }
  void publish(std::string_view name, std::int64_t version, std::string_view document) {
    RulesPublished published;
    published.actor = "cli/rules";
    published.name = name;
    published.version = version;
    published.document = document;
    put(kRulesPublished, "cli/rules", encoded(published), id_of(++ids_));
  }
  void put(std::string_view subject, std::string_view producer, const std::string& payload,
           const Id16& id) {
    Event input;
    input.subject = subject;
    input.producer = producer;
    input.id = id;
    input.payload = as_bytes(payload);
    input.time = now_;
    input.offset = {++offset_};
    const auto done = runtime::run_step(decider_, input, out_);
    ASSERT_TRUE(done) << done.error().message();
    said_.clear();
    MsgpackReader reader(out_.encoded());
    for (std::uint32_t i = 0; i < out_.count(); ++i) {
      const EventContent output = read_event_content(reader);
      EXPECT_EQ(output.cause, input.offset);
      said_.push_back({std::string(output.subject), std::string(as_text(output.payload))});
      if (keeps_all_) all_.push_back(said_.back());
    }
    if (watcher_) watcher_(input, said_);
  }

  /// What the last input led to.
  [[nodiscard]] const std::vector<Said>& said() const { return said_; }
  void forget_said() { said_.clear(); }
  [[nodiscard]] const std::vector<Said>& all() const { return all_; }
  [[nodiscard]] std::string last() const { return said_.empty() ? "" : said_.front().subject; }
  [[nodiscard]] std::string refusal() const {
    return last() == kCaseRefused ? std::string(said_.front().refused().rule) : "not refused";
  }
  [[nodiscard]] const Case& at(const Id16& id) const {
    const Case* of = decider_.book().find(id);
    EXPECT_NE(of, nullptr) << "there is a case of that id";
    static const Case kNothing;
    return of != nullptr ? *of : kNothing;
  }
  [[nodiscard]] CaseState state(const Id16& id) const { return at(id).state; }
  [[nodiscard]] std::string_view text(Key key) const { return decider_.book().text(key); }
  [[nodiscard]] InnerDecider& decider() { return decider_; }
  [[nodiscard]] std::string snapshot() const {
    MsgpackWriter out;
    decider_.save(out);
    return out.take();
  }

  // ---- the officers' everyday ----------------------------------------------------------------------

  void settle(const Id16& id, std::string_view by = "officer-a",
              std::vector<std::string_view> parties = {}) {
    SettlementSubmitted request;
    request.actor = by;
    request.case_id = id;
    request.parties = std::move(parties);
    ask(request);
  }
  void assess(const Id16& id, std::string_view risk = "none",
              std::vector<std::string_view> grounds = {}) {
    AssessmentSubmitted request;
    request.actor = "operator";
    request.case_id = id;
    request.risk = risk;
    request.grounds = std::move(grounds);
    ask(request);
  }
  void dispatch(const Id16& id, std::string_view assignee = {}) {
    DispatchSubmitted request;
    request.actor = "operator";
    request.case_id = id;
    request.assignee = assignee;
    ask(request);
  }
  void feed_back(const Id16& id, std::string_view by = "officer-b",
                 std::vector<std::string_view> grounds = {}) {
    FeedbackSubmitted request;
    request.actor = by;
    request.case_id = id;
    request.grounds = std::move(grounds);
    ask(request);
  }
  void verify(const Id16& id, bool passed = true, std::string_view by = "reviewer",
              std::string_view reason = "not_done") {
    VerificationSubmitted request;
    request.actor = by;
    request.case_id = id;
    request.outcome = passed ? "passed" : "failed";
    if (!passed) request.reason = reason;
    ask(request);
  }
  /// A dispute that went once round the loop.
  Id16 settled_dispute(std::string_view place = {}, std::vector<std::string_view> parties = {}) {
    const Id16 id = take(dispute(place));
    settle(id, "officer-a", std::move(parties));
    assess(id);
    dispatch(id);
    feed_back(id);
    verify(id);
    EXPECT_EQ(state(id), CaseState::kSettled);
    return id;
  }

 private:
  template <typename T>
  static std::string encoded(const T& item) {
    MsgpackWriter out;
    encode(item, out);
    return out.take();
  }

  InnerDecider decider_;
  runtime::Outbox out_{"inner", InnerDecider::outputs()};
  TimeUs now_ = instant("2026-03-02T09:00:00+08:00");  // a Monday
  std::uint64_t offset_ = 0;
  std::uint64_t ids_ = 0;
  std::vector<Said> said_;
  std::vector<Said> all_;
  bool keeps_all_ = true;
  Watcher watcher_;
};

}  // namespace lamplight::inner::test
