#include "runtime/metrics.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "runtime/health.hpp"

namespace lamplight::runtime {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

TEST(Metrics, EveryProcessTellsWhatItWasBuiltFromAndWhatItUses) {
  const std::string text = Registry().expose();

  EXPECT_THAT(text, HasSubstr("lamplight_build_info{commit="));
  for (const char* name :
       {"process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_open_fds ",
        "process_max_fds ", "process_start_time_seconds "}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name));
  }
  EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
  EXPECT_THAT(text, Not(HasSubstr("process_open_fds 0\n")));
}

TEST(Metrics, AServiceHasAllItsSeriesFromTheStartUnknownOnesAsNaN) {
  Registry registry;
  ServiceMetrics metrics(registry, "tally");

  const std::string text = registry.expose();

  for (const char* line :
       {"lamplight_ready{service=\"tally\"} 0", "lamplight_fold_offset{service=\"tally\"} 0",
        "lamplight_fold_lag_events{service=\"tally\"} Nan",
        "lamplight_fold_lag_seconds{service=\"tally\"} Nan",
        "lamplight_bus_heartbeat_age_seconds{service=\"tally\"} Nan",
        "lamplight_snapshot_age_seconds{service=\"tally\"} Nan",
        "lamplight_service_halted_offset{service=\"tally\"} Nan",
        "lamplight_service_state{service=\"tally\",state=\"live\"} 0"}) {
    EXPECT_THAT(text, HasSubstr(std::string(line) + "\n"));
  }
}

TEST(Metrics, AServiceIsInOneStateAtATime) {
  Registry registry;
  ServiceMetrics metrics(registry, "tally");

  metrics.set_state("replaying");
  metrics.set_state("live");

  EXPECT_THAT(registry.expose(), HasSubstr("state=\"live\"} 1"));
  EXPECT_THAT(registry.expose(), HasSubstr("state=\"replaying\"} 0"));
  EXPECT_DEATH(metrics.set_state("asleep"), "not in the list");
}

TEST(Metrics, SubjectGroupsAreCountedApartUpToABound) {
  Registry registry;
  ServiceMetrics metrics(registry, "tally");

  for (int i = 0; i < 40; ++i) metrics.record_events("group." + std::to_string(i), 1);
  metrics.record_events("group.0", 2);

  const std::string text = registry.expose();
  EXPECT_THAT(text, HasSubstr("subject_group=\"group.0\"} 3"));
  EXPECT_THAT(text, HasSubstr("subject_group=\"other\"} 10"));
  EXPECT_THAT(text, Not(HasSubstr("subject_group=\"group.35\"")));
}

TEST(Metrics, TwoServicesShareARegistry) {
  Registry registry;
  ServiceMetrics tally(registry, "tally");
  ServiceMetrics intake(registry, "intake");

  tally.set_fold({7}, 0, 0);
  intake.set_fold({9}, 0, 0);

  EXPECT_THAT(registry.expose(), HasSubstr("lamplight_fold_offset{service=\"tally\"} 7\n"));
  EXPECT_THAT(registry.expose(), HasSubstr("lamplight_fold_offset{service=\"intake\"} 9\n"));
}

TEST(Metrics, BoundsRiseAndHoldTheTargetsExactly) {
  for (const auto* bounds : {&fast_bounds(), &slow_bounds(), &human_bounds()}) {
    EXPECT_TRUE(std::is_sorted(bounds->begin(), bounds->end()));
    EXPECT_EQ(std::adjacent_find(bounds->begin(), bounds->end()), bounds->end());
  }
  for (const double target : {60.0, 180.0, 300.0}) EXPECT_THAT(human_bounds(), Contains(target));
  EXPECT_EQ(fast_bounds().front(), 50e-6);
  EXPECT_EQ(slow_bounds().back(), 60.0);
  EXPECT_EQ(human_bounds().back(), 30 * 86400.0);
}

TEST(Health, IsReadyOnlyWhenEveryKnownServiceIs) {
  Health health;
  health.set_ready("tally", "replaying 3 of 9");
  health.set_ready("intake", "");
  EXPECT_FALSE(health.ready().ok);
  EXPECT_THAT(health.ready().services, Contains(Pair("tally", "replaying 3 of 9")));
  EXPECT_TRUE(health.live().ok);

  health.set_ready("tally", "");

  EXPECT_TRUE(health.ready().ok);
}

TEST(Health, AFailureIsNeitherLiveNorReadyAndStays) {
  Health health;
  health.set_ready("broker", "");

  health.set_failed("broker", "log failed: fdatasync");
  health.set_ready("broker", "");

  EXPECT_FALSE(health.live().ok);
  EXPECT_FALSE(health.ready().ok);
  EXPECT_THAT(health.live().services, Contains(Pair("broker", "log failed: fdatasync")));
}

}  // namespace
}  // namespace lamplight::runtime
