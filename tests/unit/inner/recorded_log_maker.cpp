// Makes logs such as the one in tests/data/inner-log: the real broker and the real inner loop in one process, on a seeded
// log, with scripted senders and officers. tests/data/inner-log/README.md says when to use which.
//
//   inner_log_maker new FOLDER     a log by this build, into FOLDER, and its facts.txt
//   inner_log_maker facts FOLDER   facts.txt of the log that is there, by this build's state_version
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>

#include "bus_in_process.hpp"
#include "inner/decider.hpp"
#include "inner/service.hpp"
#include "log/inspect.hpp"
#include "model/alert_description.hpp"
#include "model/inner_descriptions.hpp"
#include "model/rfc3339.hpp"
#include "recorded_log.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::inner::test {
namespace {

namespace fs = std::filesystem;

constexpr int kTurns = 100;
constexpr int kSecondRulesAt = 60;
constexpr std::size_t kSegmentHeaderBytes = 4096;
constexpr char kSegment[] = "00000000000000000001.seg";

std::string edited(std::string document, std::string_view from, std::string_view to) {
  const auto at = document.find(from);
  LAMPLIGHT_CHECK(at != std::string::npos, "the built-in rules hold what is edited");
  return document.replace(at, from.size(), to);
}

std::string first_rules() {
  std::string out(default_rules());
  out = edited(out, "[dispute.medium]\nsettlement = \"2 hours\"",
               "[dispute.medium]\nsettlement = \"45 minutes\"");
  return edited(out, "raise_severity_from = 1", "raise_severity_from = 2");
}

std::string second_rules() {
  return edited(first_rules(), "assessment = \"1 working day\"", "assessment = \"3 hours\"");
}

constexpr std::string_view kCalendar =
    "year = 2022\nholidays = [2022-01-31, 2022-02-01, 2022-02-02, 2022-02-03, 2022-02-04]\n"
    "workdays = [2022-01-29, 2022-01-30]\n";

class Maker {
 public:
  explicit Maker(const std::string& folder) : bus_(folder, {{"log.seeded", "true"}}) {
    inner_ = make_inner(bus_.root());
    LAMPLIGHT_CHECK(inner_->start().ok(), "the inner loop starts");
    intake_ = bus_.connect("intake", bus::Role::kEdge, true);
    console_ = bus_.connect("console", bus::Role::kEdge);
    rules_ = bus_.connect("cli/rules", bus::Role::kEdge);
    wait([this] {
      return intake_->state().connected && console_->state().connected && rules_->state().connected;
    });
    bus::SubscribeOptions wanted;
    wanted.subjects = InnerDecider::inputs();
    wanted.subjects.emplace_back("inner.>");
    wanted.subjects.emplace_back(kTimeReached);
    console_->subscribe(wanted, [this](const bus::Delivery& delivery) {
      if (delivery.events == nullptr) return;
      for (const Event& event : *delivery.events) follow(event);
    });
  }
  void make() {
    for (int turn = 0; turn < kTurns; ++turn) {
      now_ = now_.plus_us(static_cast<std::int64_t>(chance(8) ? below(3'000) : below(150)) *
                          60'000'000);
      alert(turn == 0 || chance(45));
      if (turn == 0) {
        publish_document("calendar-2022", 1, kCalendar);
        publish_document("inner", 1, first_rules());
      }
      if (turn == kSecondRulesAt) publish_document("inner", 2, second_rules());
      for (std::uint64_t i = below(4); i > 0; --i) ask();
    }
  }
  void stop() {
    LAMPLIGHT_CHECK(inner_->drain().ok(), "the inner loop gives its epoch back");
    inner_.reset();
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool chance(std::uint64_t percent) { return below(100) < percent; }
  void wait(const std::function<bool()>& condition) {
    BusInProcess::wait_for(
        [this] {
          intake_->poll(1'000);
          console_->poll(1'000);
          rules_->poll(0);
        },
        condition);
  }

  /// What the inner loop has made of the log so far, as the officers of this script see it.
  void follow(const Event& event) {
    if (event.producer != kService) {
      times_[event.offset] = event.time;
      return seen_.evolve(event);
    }
    Event output = event;
    output.time = times_.at(event.cause);
    seen_.evolve(output);
    answered_ = std::max(answered_, event.cause);
  }

  template <typename T>
  Offset publish(bus::Client& as, const T& said, std::optional<TimeUs> time = std::nullopt) {
    MsgpackWriter payload;
    encode(said, payload);
    bus::NewEvent event;
    event.subject = Description<T>::kSubject;
    event.id.bytes[0] = 1;
    event.id.bytes[14] = static_cast<std::uint8_t>(++ids_ >> 8U);
    event.id.bytes[15] = static_cast<std::uint8_t>(ids_);
    event.payload = payload.bytes();
    std::optional<Offset> offset;
    const auto taken = as.publish(
        event, time, [&](const Result<bus::Acked>& acked) { offset = acked.value().offset; });
    LAMPLIGHT_CHECK(taken.ok(), "the event is taken");
    wait([&] { return offset.has_value(); });
    return *offset;
  }
  void publish_document(std::string_view name, std::int64_t version, std::string_view document) {
    RulesPublished published;
    published.actor = "cli/rules";
    published.name = name;
    published.version = version;
    published.document = document;
    published.reported_at = {now_, 480};
    publish(*rules_, published);
  }

  /// The log's time goes on with what intake sends; deadlines that it passes are answered.
  void alert(bool dispute) {
    const std::string place = fmt::format("{:02x}", below(20));
    AlertReceived alert;
    alert.partner = "local";
    alert.partner_ref = "A-1";
    alert.class_code = dispute ? "dispute" : "fire";
    alert.category = dispute && chance(20) ? "wage_dispute" : alert.class_code;
    alert.area = chance(50) ? "wuma" : "qidu";
    if (chance(70)) alert.places = {{"address_key", place}};
    alert.reported_at = {now_, 480};
    if (!seen_.book().cases().empty()) {
      const Id16& last = seen_.book().cases().back().id;
      if (chance(10)) alert.corrects = last;
      else if (chance(10)) alert.withdraws = last;
    }
    const Offset offset = publish(*intake_, alert, now_);
    const bool answers = dispute && !alert.withdraws && !alert.corrects;
    wait([&] {
      const auto due = seen_.next_due();
      return (!answers || answered_ >= offset) && (!due || *due > now_);
    });
  }

  void ask() {
    if (chance(6)) {
      PetitionSubmitted petition;
      petition.actor = "petition-desk";
      const std::string number = fmt::format("XF-2022-{}", below(5));
      petition.petition = number;
      petition.area = "wuma";
      return request(petition);
    }
    const auto& cases = seen_.book().cases();
    if (cases.empty()) return;
    const Case& of = cases[cases.size() - 1 - below(std::min<std::size_t>(cases.size(), 12))];
    if (chance(5)) {
      RulesMoveSubmitted move;
      return request(on(of, move));
    }
    ask(of);
  }
  /// What an officer does with a case in that state; now and then what may not be done.
  void ask(const Case& of) {
    const char* const party = chance(50) ? "party-00000001" : "party-00000002";
    switch (chance(10) ? CaseState::kDispatch : of.state) {
      case CaseState::kSettlement: {
        SettlementSubmitted settlement;
        if (chance(40)) settlement.parties = {party};
        return request(on(of, settlement));
      }
      case CaseState::kAssessment: {
        AssessmentSubmitted assessment;
        assessment.risk = chance(40) ? "residual" : "none";
        if (chance(15)) assessment.grounds = {"gang_fight"};
        return request(on(of, assessment));
      }
      case CaseState::kFeedback:
      case CaseState::kRework: {
        FeedbackSubmitted feedback;
        if (chance(15)) feedback.grounds = {"gang_fight"};
        return request(on(of, feedback));
      }
      case CaseState::kVerification: {
        VerificationSubmitted verification;
        verification.outcome = chance(70) ? "passed" : "failed";
        verification.reason = "not_done";
        return request(on(of, verification));
      }
      case CaseState::kCaseReview: {
        ReviewSubmitted review;
        review.outcome = chance(50) ? "filed" : "declined";
        return request(on(of, review));
      }
      case CaseState::kSettled: {
        ReopeningSubmitted reopening;
        reopening.reason = "complaint";
        return request(on(of, reopening));
      }
      default: {
        DispatchSubmitted dispatch;
        return request(on(of, dispatch));
      }
    }
  }
  template <typename T>
  T& on(const Case& of, T& asked) {
    static constexpr std::string_view kOfficers[] = {"officer-1", "officer-2", "officer-3"};
    asked.actor = kOfficers[below(3)];
    asked.case_id = of.id;
    if (chance(30)) asked.expected_version = of.version;
    return asked;
  }
  template <typename T>
  void request(const T& asked) {
    const Offset offset = publish(*console_, asked);
    wait([&] { return answered_ >= offset; });
  }

  std::mt19937_64 random_{20'220'126};
  BusInProcess bus_;
  std::unique_ptr<runtime::Service> inner_;
  std::unique_ptr<bus::Client> intake_;
  std::unique_ptr<bus::Client> console_;
  std::unique_ptr<bus::Client> rules_;
  InnerDecider seen_;
  std::map<Offset, TimeUs> times_;
  Offset answered_;
  TimeUs now_{1'643'158'800'000'000};  // 2022-01-26T09:00:00+08:00
  unsigned ids_ = 0;
};

/// The one segment, without the room that was written beforehand.
void keep(const std::string& from, const std::string& to) {
  ProductionEnv production;
  const auto reader = log::read_folder(production.env().disk, from, Offset{1}).value();
  std::uintmax_t bytes = kSegmentHeaderBytes;
  while (const auto batch = reader->next().value()) bytes += batch->bytes.size();
  fs::create_directories(to);
  fs::copy_file(fs::path(from) / kSegment, fs::path(to) / kSegment);
  fs::resize_file(fs::path(to) / kSegment, bytes);
}

void write_facts(const std::string& folder) {
  InnerDecider decider;
  const std::string text = to_text(replay_recorded(folder, decider));
  ProductionEnv production;
  LAMPLIGHT_CHECK(replace_file(production.env().disk, folder + "/facts.txt", as_bytes(text)).ok(),
                  "facts.txt can be written");
  std::fputs(text.c_str(), stdout);
}

int run(const std::string& what, const std::string& folder) {
  if (what == "new") {
    if (fs::exists(fs::path(folder) / kSegment)) {
      std::fputs("there is a log already, and a recorded log is never made anew\n", stderr);
      return 1;
    }
    lamplight::test::TemporaryFolder work;
    {
      Maker maker(work.path());
      maker.make();
      maker.stop();
    }
    keep(work.path() + "/log", folder);
  } else if (what != "facts") {
    return 2;
  }
  write_facts(folder);
  return 0;
}

}  // namespace
}  // namespace lamplight::inner::test

int main(int argc, char** argv) {
  const int code = argc == 3 ? lamplight::inner::test::run(argv[1], argv[2]) : 2;
  if (code == 2) std::fputs("usage: inner_log_maker new|facts FOLDER\n", stderr);
  return code;
}
