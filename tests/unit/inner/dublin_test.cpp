// Three years of Dublin's fire brigade run through the inner loop with a scripted officer: at every hour, what is open and
// what is overdue is what the file and the script give without the service.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "../tally/open_data.hpp"
#include "bench.hpp"

namespace lamplight::inner::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHourUs = 60 * kUsPerMinute;
constexpr std::size_t kScripted = 5;  ///< settle, assess, dispatch, feed back, verify
// By the rules below, in minutes.
constexpr std::array<std::int64_t, kScripted> kAllowedMinutes = {20, 120, 60, 1'440, 720};

std::string rules() {
  std::string out(default_rules());
  const auto set = [&out](std::string_view from, std::string_view to) {
    const auto at = out.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    out.replace(at, from.size(), to);
  };
  set("classes = [\"dispute\"]", "classes = [\"fire\", \"special_service\"]");
  set("[dispute.medium]\nsettlement = \"2 hours\"\nassessment = \"1 working day\"\n"
      "dispatch = \"4 hours\"\nfeedback = \"3 working days\"\nverification = \"2 working days\"",
      "[dispute.medium]\nsettlement = \"20 minutes\"\nassessment = \"2 hours\"\n"
      "dispatch = \"60 minutes\"\nfeedback = \"24 hours\"\nverification = \"12 hours\"");
  // The officer of the script is the only one who sees to it that time passes: fewer reminders.
  set("repeat_every = \"1 working day\"", "repeat_every = \"30 days\"");
  return out;
}

/// When an alert came and when each step was done: out of the file and the script, nothing else.
struct Course {
  TimeUs reported;
  std::array<TimeUs, kScripted> done;
};

/// The stamp of arrival settles it, or 45 minutes where there is none; what follows takes a time that differs by alert.
Course course_of(const AlertReceived& alert, std::size_t number) {
  Course out{alert.reported_at.at, {}};
  TimeUs at = out.reported.plus_us(45 * kUsPerMinute);
  for (const StageStamp& stage : alert.stages) {
    if (stage.stage == "arrive") at = std::max(out.reported, stage.at.at);
  }
  const std::int64_t n = static_cast<std::int64_t>(number);
  const std::array<std::int64_t, kScripted> minutes = {0, n * 37 % 200, n * 11 % 90,
                                                       n * 101 % 2'000, n * 53 % 1'000};
  for (std::size_t step = 0; step < kScripted; ++step) {
    at = at.plus_us(minutes[step] * kUsPerMinute);
    out.done[step] = at;
  }
  return out;
}

struct Counts {
  std::int64_t open = 0;
  std::int64_t overdue = 0;
  bool operator==(const Counts&) const = default;
};

/// Hours since 1970 at which a case is open, and at which its step has passed its deadline: each course adds its own.
std::map<std::int64_t, Counts> counts_of(const std::vector<Course>& courses) {
  std::map<std::int64_t, Counts> out;
  const auto first_hour = [](TimeUs time) { return (time.value + kHourUs - 1) / kHourUs; };
  for (const Course& course : courses) {
    TimeUs began = course.reported;
    for (std::size_t step = 0; step < kScripted; ++step) {
      const TimeUs due = began.plus_us(kAllowedMinutes[step] * kUsPerMinute);
      for (std::int64_t hour = first_hour(began); hour * kHourUs < course.done[step].value;
           ++hour) {
        ++out[hour].open;
        if (hour * kHourUs >= due.value) ++out[hour].overdue;
      }
      began = course.done[step];
    }
  }
  return out;
}

Counts counts_of(const CaseBook& book) {
  Counts out;
  for (const auto& [area, figures] : book.figures()) {
    for (std::size_t state = 0; state < kStates; ++state) {
      if (!is_open(static_cast<CaseState>(state))) continue;
      for (const std::int64_t n : figures.cases[state]) out.open += n;
    }
    for (const std::int64_t n : figures.overdue) out.overdue += n;
  }
  return out;
}

struct Act {
  TimeUs at;
  std::size_t number = 0;  ///< of the alert
  std::size_t step = 0;    ///< 0: the alert itself
  auto operator<=>(const Act&) const = default;
};

class Script {
 public:
  Script() { bench_.forget_all(); }
  void read(const std::string& file) {
    tally::test::read_dublin(file, [this](const AlertReceived& alert) {
      const std::size_t number = courses_.size();
      courses_.push_back(course_of(alert, number));
      alerts_.push_back({std::string(alert.class_code), std::string(alert.area)});
      acts_.push_back({courses_.back().reported, number, 0});
      for (std::size_t step = 0; step < kScripted; ++step)
        acts_.push_back({courses_.back().done[step], number, step + 1});
    });
    std::sort(acts_.begin(), acts_.end());
    ids_.resize(courses_.size());
  }
  void begin() {
    bench_.set_now(TimeUs{acts_.front().at.value - kHourUs});
    bench_.publish("inner", 1, rules());
  }
  /// Everything up to the hour, that instant included.
  void live_until(TimeUs hour) {
    for (; next_ < acts_.size() && acts_[next_].at <= hour; ++next_) act(acts_[next_]);
    bench_.pass_until(hour);
  }
  [[nodiscard]] const std::vector<Course>& courses() const { return courses_; }
  [[nodiscard]] const CaseBook& book() { return bench_.decider().book(); }
  [[nodiscard]] std::int64_t first_hour() const { return acts_.front().at.value / kHourUs; }
  [[nodiscard]] std::int64_t last_hour() const { return acts_.back().at.value / kHourUs + 2; }

 private:
  struct Kind {
    std::string class_code;
    std::string area;
  };

  void act(const Act& act) {
    bench_.pass_until(act.at);
    const Id16& id = ids_[act.number];
    switch (act.step) {
      case 0: {
        AlertReceived alert = bench_.dispute();
        alert.class_code = alerts_[act.number].class_code;
        alert.area = alerts_[act.number].area;
        ids_[act.number] = bench_.take(alert);
        break;
      }
      case 1: bench_.settle(id); break;
      case 2: bench_.assess(id); break;
      case 3: bench_.dispatch(id); break;
      case 4: bench_.feed_back(id); break;
      default: bench_.verify(id); break;
    }
    ASSERT_EQ(bench_.refusal(), "not refused");
  }

  Bench bench_;
  std::vector<Course> courses_;
  std::vector<Kind> alerts_;
  std::vector<Act> acts_;
  std::vector<Id16> ids_;
  std::size_t next_ = 0;
};

TEST(Dublin, OpenAndOverdueCountsOfEveryHourAreThoseOfTheFile) {
  const fs::path folder =
      fs::path(LAMPLIGHT_SOURCE) / "../shared/data/incidents/dublin-fire-2020-2022";
  if (!fs::exists(folder)) GTEST_SKIP() << "the open data sets are not beside this checkout";
  std::size_t hours = 0;
  Script script;
  script.read((folder / "fire_incidents.csv.gz").string());
  ASSERT_EQ(script.courses().size(), 35'163U);
  const auto expected = counts_of(script.courses());
  Counts most;

  script.begin();
  for (std::int64_t hour = script.first_hour(); hour <= script.last_hour(); ++hour) {
    script.live_until(TimeUs{hour * kHourUs});
    const auto found = expected.find(hour);
    const Counts wanted = found == expected.end() ? Counts{} : found->second;
    const Counts counted = counts_of(script.book());
    ASSERT_EQ(counted.open, wanted.open) << "hour " << hour;
    ASSERT_EQ(counted.overdue, wanted.overdue) << "hour " << hour;
    most = {std::max(most.open, counted.open), std::max(most.overdue, counted.overdue)};
    ++hours;
  }

  EXPECT_EQ(script.book().cases().size(), script.courses().size());
  EXPECT_GT(most.overdue, 0);
  std::printf("%zu alerts, %zu hours; at most %lld open, %lld overdue\n", script.courses().size(),
              hours, static_cast<long long>(most.open), static_cast<long long>(most.overdue));
}

}  // namespace
}  // namespace lamplight::inner::test
