// Configuration: any file, environment and flags give values in their ranges or an error that names the place.
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/config.hpp"
#include "runtime/process.hpp"

namespace {

using namespace lamplight;
using namespace lamplight::runtime;

const ConfigSchema& schema() {
  static const ConfigSchema whole = [] {
    ConfigSchema out;
    declare_process_config(out);
    out.declare({"log.segment_mib", std::int64_t{64}, "Size of a segment", 1, 4096});
    out.declare({"log.seeded", false, "Time comes with the data"});
    out.declare({"bus.endpoints", std::vector<std::string>{"ipc://a"}, "Where the bus listens"});
    return out;
  }();
  return whole;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NULs part the file, one value of the environment and one flag.
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto next = [&input] {
    const std::string_view part = input.substr(0, input.find('\0'));
    input.remove_prefix(std::min(part.size() + 1, input.size()));
    return std::string(part);
  };
  ConfigSchema::Sources sources;
  sources.file = "lamplight.toml";
  sources.file_content = next();
  if (!input.empty()) sources.environment["LAMPLIGHT_LOG_SEGMENT_MIB"] = next();
  if (!input.empty()) sources.environment["LAMPLIGHT_BUS_ENDPOINTS"] = next();
  if (!input.empty()) {
    const std::string flag = next();
    sources.flags.emplace_back(flag, next());
  }
  const auto config = schema().load(sources);
  if (!config) {
    LAMPLIGHT_CHECK(!config.error().message().empty(), "an error says something");
    return 0;
  }
  const std::int64_t segment = config->integer("log.segment_mib");
  LAMPLIGHT_CHECK(segment >= 1 && segment <= 4096, "a value is in its range");

  // What is printed reads back as the same.
  ConfigSchema::Sources again;
  again.file = "printed.toml";
  again.file_content = config->to_toml();
  const auto printed = schema().load(again);
  LAMPLIGHT_CHECK(printed.ok(), "what --print-config prints is a configuration");
  LAMPLIGHT_CHECK(printed->text("data.folder") == config->text("data.folder"), "a text reads back");
  LAMPLIGHT_CHECK(printed->list("bus.endpoints") == config->list("bus.endpoints"),
                  "a list reads back");
  LAMPLIGHT_CHECK(printed->integer("log.segment_mib") == segment, "an integer reads back");
  return 0;
}
