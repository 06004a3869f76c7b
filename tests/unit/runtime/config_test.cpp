#include "runtime/config.hpp"

#include <gmock/gmock.h>

namespace lamplight::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ConfigSchema schema() {
  ConfigSchema out;
  out.declare({.name = "data.folder", .fallback = std::string("./lamplight-data")});
  out.declare({.name = "http.address",
               .fallback = std::string("127.0.0.1"),
               .help = "Address to listen on"});
  out.declare({.name = "http.port",
               .fallback = std::int64_t{8080},
               .help = "Port; 0: the system picks",
               .minimum = 0,
               .maximum = 65535});
  out.declare({.name = "log.segment_bytes", .fallback = std::int64_t{64 << 20}, .minimum = 4096});
  out.declare({.name = "log.seeded", .fallback = false});
  out.declare({.name = "intake.partners", .fallback = std::vector<std::string>{"local"}});
  return out;
}

Result<Config> from_file(const std::string& content) {
  return schema().load({.file = "lamplight.toml", .file_content = content});
}
Result<Config> from_environment(const std::map<std::string, std::string>& environment) {
  return schema().load({.environment = environment});
}
Result<Config> from_flag(const std::string& name, const std::string& value) {
  return schema().load({.flags = {{name, value}}});
}

TEST(Config, HasTheDefaultsWithoutAnySource) {
  const Config config = schema().load({}).value();

  EXPECT_EQ(config.text("http.address"), "127.0.0.1");
  EXPECT_EQ(config.integer("http.port"), 8080);
  EXPECT_FALSE(config.flag("log.seeded"));
  EXPECT_THAT(config.list("intake.partners"), ElementsAre("local"));
}

TEST(Config, LaterSourcesWin) {
  ConfigSchema::Sources sources{
      .file = "lamplight.toml",
      .file_content = "[http]\nport = 1\naddress = '::1'\n[log]\nseeded = true\n",
      .environment = {{"LAMPLIGHT_HTTP_PORT", "2"}, {"LAMPLIGHT_LOG_SEEDED", "false"}},
      .flags = {{"http.port", "3"}}};

  const Config config = schema().load(sources).value();

  EXPECT_EQ(config.integer("http.port"), 3) << "flag over environment over file";
  EXPECT_FALSE(config.flag("log.seeded")) << "environment over file";
  EXPECT_EQ(config.text("http.address"), "::1") << "file over default";
}

TEST(Config, BytesThatAreNotUtf8AreRefusedSinceWhatIsPrintedMustReadBack) {
  EXPECT_THAT(from_flag("intake.partners", "a,\xD3").error().message(), HasSubstr("not UTF-8"));
  EXPECT_THAT(from_environment({{"LAMPLIGHT_DATA", "/srv/\xff"}}).error().message(),
              HasSubstr("not UTF-8"));
}

TEST(Config, ListsAreSeparatedByCommasOutsideTheFile) {
  EXPECT_THAT(from_flag("intake.partners", "a, b,c,").value().list("intake.partners"),
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(from_flag("intake.partners", "").value().list("intake.partners"), IsEmpty());
  EXPECT_THAT(from_file("[intake]\npartners = ['a', 'b']").value().list("intake.partners"),
              ElementsAre("a", "b"));
}

TEST(Config, TheDataFolderHasAShortName) {
  EXPECT_EQ(from_environment({{"LAMPLIGHT_DATA", "/srv/lamplight"}}).value().text("data.folder"),
            "/srv/lamplight");
}

TEST(Config, OnlyItsOwnEnvironmentIsLookedAt) {
  EXPECT_TRUE(from_environment({{"PATH", "/bin"}, {"LAMPLIGHT_CONFIG", "a.toml"}, {"LAMP", "1"}}));
}

TEST(Config, PrintsTomlThatLoadsAgainWithHelpAndOrigin) {
  ConfigSchema::Sources sources{.file = "lamplight.toml",
                                .file_content = "[http]\naddress = \"a\\\"b\\\\c\\n\"\n",
                                .flags = {{"intake.partners", "x,y"}}};
  const Config config = schema().load(sources).value();

  const std::string printed = config.to_toml();

  EXPECT_THAT(printed, HasSubstr("[http]\n# Address to listen on\n# lamplight.toml:2\naddress = "));
  EXPECT_THAT(printed,
              HasSubstr("# Port; 0: the system picks\n# 0 to 65535; default\nport = 8080\n"));
  EXPECT_THAT(printed, HasSubstr("# flag --intake.partners\npartners = [\"x\", \"y\"]\n"));
  const Config again = from_file(printed).value();
  EXPECT_EQ(again.text("http.address"), "a\"b\\c\n");
  EXPECT_EQ(again.integer("log.segment_bytes"), 64 << 20);
}

TEST(ConfigDeath, AnUndeclaredKeyIsAProgrammingError) {
  const Config config = schema().load({}).value();
  EXPECT_DEATH((void)config.text("http.adress"), "nobody declared");
  EXPECT_DEATH((void)config.text("http.port"), "another kind");
}

TEST(Config, BrokenTomlNamesItsLine) {
  const auto config = from_file("[http]\nport == 1\n");

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message(), ::testing::StartsWith("lamplight.toml:2: no valid TOML: "));
}

// ---- every error names place, key and rule -----------------------------------------------------

struct Wrong {
  const char* name;
  std::function<Result<Config>()> load;
  const char* message;
};

class ConfigError : public ::testing::TestWithParam<Wrong> {};

TEST_P(ConfigError, NamesPlaceKeyAndRule) {
  const auto config = GetParam().load();

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code(), Code::kInvalid);
  EXPECT_EQ(config.error().message(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConfigError,
    ::testing::Values(
        Wrong{"UnknownKey", [] { return from_file("[http]\naddress = 'x'\nprot = 1\n"); },
              "lamplight.toml:3: unknown key http.prot; did you mean http.port?"},
        Wrong{"UnknownSection", [] { return from_file("\n[htpp]\nport = 1\n"); },
              "lamplight.toml:3: unknown key htpp.port; did you mean http.port?"},
        Wrong{"NothingNear", [] { return from_file("[weather]\nforecast = 1\n"); },
              "lamplight.toml:2: unknown key weather.forecast; `lamplight --print-config` lists "
              "all keys"},
        Wrong{"KeyOutsideASection", [] { return from_file("port = 1\n"); },
              "lamplight.toml:1: unknown key port; `lamplight --print-config` lists all keys"},
        Wrong{"TextForInteger", [] { return from_file("[http]\nport = '80'\n"); },
              "lamplight.toml:2: http.port must be an integer, not a text"},
        Wrong{"DecimalForInteger", [] { return from_file("[http]\nport = 8.5\n"); },
              "lamplight.toml:2: http.port must be an integer, not a decimal number"},
        Wrong{"IntegerForText", [] { return from_file("[http]\naddress = 1\n"); },
              "lamplight.toml:2: http.address must be a text, not an integer"},
        Wrong{"IntegerForFlag", [] { return from_file("[log]\nseeded = 1\n"); },
              "lamplight.toml:2: log.seeded must be true or false, not an integer"},
        Wrong{"TextForList", [] { return from_file("[intake]\npartners = 'a'\n"); },
              "lamplight.toml:2: intake.partners must be a list of texts, not a text"},
        Wrong{"MixedList", [] { return from_file("[intake]\npartners = ['a', 1]\n"); },
              "lamplight.toml:2: intake.partners must be a list of texts, not a list with an "
              "integer"},
        Wrong{"TableForText", [] { return from_file("[http.address]\nx = 1\n"); },
              "lamplight.toml:1: http.address must be a text, not a table"},
        Wrong{"OverTheRange", [] { return from_file("[http]\nport = 65536\n"); },
              "lamplight.toml:2: http.port is 65536, but must be 0 to 65535"},
        Wrong{"UnderTheLeast", [] { return from_file("[log]\nsegment_bytes = 1\n"); },
              "lamplight.toml:2: log.segment_bytes is 1, but must be at least 4096"},
        Wrong{"EnvironmentUnknown",
              [] {
                return from_environment({{"LAMPLIGHT_HTTP_PROT", "1"}});
              },
              "environment: unknown key LAMPLIGHT_HTTP_PROT; did you mean LAMPLIGHT_HTTP_PORT?"},
        Wrong{"EnvironmentNoInteger",
              [] {
                return from_environment({{"LAMPLIGHT_HTTP_PORT", "80a"}});
              },
              "LAMPLIGHT_HTTP_PORT: http.port must be an integer, not \"80a\""},
        Wrong{"EnvironmentOverTheRange",
              [] {
                return from_environment({{"LAMPLIGHT_HTTP_PORT", "-1"}});
              },
              "LAMPLIGHT_HTTP_PORT: http.port is -1, but must be 0 to 65535"},
        Wrong{"FlagUnknown", [] { return from_flag("log.sedeed", "true"); },
              "flag --log.sedeed: unknown key log.sedeed; did you mean log.seeded?"},
        Wrong{"FlagNoBoolean", [] { return from_flag("log.seeded", "yes"); },
              "flag --log.seeded: log.seeded must be true or false, not \"yes\""},
        Wrong{"IntegerTooLong", [] { return from_flag("http.port", "99999999999999999999"); },
              "flag --http.port: http.port must be an integer, not \"99999999999999999999\""}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace lamplight::runtime
