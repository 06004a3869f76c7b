#include "program.hpp"

#include <unistd.h>

#include <cstdlib>
#include <map>

#include "base/production_env.hpp"
#include "broker/service.hpp"
#include "console/service.hpp"
#include "inner/service.hpp"
#include "intake/service.hpp"
#include "runtime/process.hpp"
#include "tally/service.hpp"

namespace lamplight::cli {

namespace {

constexpr std::uint64_t kMaxConfigBytes = 1U << 20;
/// Of `lamplight case`; no key of the configuration.
constexpr std::string_view kToken = "LAMPLIGHT_TOKEN";

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view line(*at);
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || line.substr(0, equals) == kToken) continue;
    out.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return out;
}

}  // namespace

Result<runtime::Config> Program::load_config() const {
  runtime::ConfigSchema schema;
  runtime::declare_process_config(schema);
  broker::declare_config(schema);
  intake::declare_config(schema);
  tally::declare_config(schema);
  console::declare_config(schema);
  inner::declare_config(schema);

  runtime::ConfigSchema::Sources sources;
  if (!config_file.empty()) {
    ProductionEnv production;
    auto content = read_file(production.env().disk, config_file, kMaxConfigBytes);
    if (!content) return content.error().with("configuration");
    sources.file = config_file;
    sources.file_content = std::move(content).value();
  }
  sources.environment = environment();
  sources.flags = settings;
  if (!data_folder.empty()) sources.flags.emplace_back("data.folder", data_folder);
  return schema.load(sources);
}

int complain(const Error& error, int code) {
  runtime::print_error(error);
  return code;
}

}  // namespace lamplight::cli
