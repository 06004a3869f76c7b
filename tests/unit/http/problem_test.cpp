#include "http/problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/ops.hpp"
#include "server_fixture.hpp"

namespace lamplight::http::test {
namespace {

using ::testing::HasSubstr;

TEST(ProblemJson, NamesTypeFieldRuleAndWhatToDo) {
  const Problem problem{.status = 422,
                        .type = "invalid_alert",
                        .title = "The alert breaks a rule",
                        .detail = "1 field",
                        .errors = {{"/occurred_at", "zone_required", "add Z or an offset"},
                                   {"/amount", "integer", ""}}};
  EXPECT_EQ(
      to_json(problem, "id-1"),
      R"({"type":"urn:lamplight:problem:invalid_alert","title":"The alert breaks a rule","status":422,)"
      R"("detail":"1 field","instance":"id-1","errors":[{"pointer":"/occurred_at","rule":"zone_required",)"
      R"("hint":"add Z or an offset"},{"pointer":"/amount","rule":"integer"}]})");
  const Response response = to_response(problem, "id-1");
  EXPECT_EQ(response.status, 422U);
  EXPECT_EQ(response.content_type, "application/problem+json");
}

TEST(ProblemJson, IsValidWhateverBytesItIsGiven) {
  Problem problem{.status = 400, .type = "t", .title = "警情", .detail = {}, .errors = {}};
  problem.detail = std::string("quote\" back\\ line\n tab\t nul") + '\0' + " bad\xFF\xC0\xAF end";
  EXPECT_EQ(to_json(problem, ""),
            "{\"type\":\"urn:lamplight:problem:t\",\"title\":\"警情\",\"status\":400,\"detail\":"
            "\"quote\\\" back\\\\ "
            "line\\n tab\\t nul\\u0000 bad\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD end\"}");
}

class OpsRoutes : public ServerTest {};

TEST_F(OpsRoutes, ServeMetricsHealthAndReadiness) {
  std::pair<bool, std::string> readiness{false, "replaying \"12\" of 90"};
  start([&](Server& server) {
    add_ops_routes(
        server, [] { return std::string("lamplight_ready 1\n"); },
        [] {
          return std::pair<bool, std::string>{true, ""};
        },
        [&] { return readiness; });
  });

  const Reply metrics = exchange(get("/metrics"));
  EXPECT_EQ(metrics.status, 200U);
  EXPECT_THAT(metrics.header("Content-Type"), HasSubstr("text/plain; version=0.0.4"));
  EXPECT_EQ(metrics.body, "lamplight_ready 1\n");
  const Reply live = exchange(get("/healthz"));
  EXPECT_EQ(live.status, 200U);
  EXPECT_EQ(live.body, "{\"ok\":true}");
  const Reply not_ready = exchange(get("/readyz"));
  EXPECT_EQ(not_ready.status, 503U);
  EXPECT_EQ(not_ready.body, "{\"ok\":false,\"reason\":\"replaying \\\"12\\\" of 90\"}");
  readiness = {true, ""};
  EXPECT_EQ(exchange(get("/readyz")).status, 200U);
}

}  // namespace
}  // namespace lamplight::http::test
