#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/check.hpp"
#include "figures.hpp"
#include "server.hpp"

namespace lamplight::bench {

namespace {

// The number behind "key": in one line of JSON; -1 where it is missing.
double number_after(const std::string& json, const std::string& key) {
  const auto at = json.find('"' + key + "\":");
  return at == std::string::npos ? -1 : std::strtod(json.c_str() + at + key.size() + 3, nullptr);
}

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  LAMPLIGHT_CHECK(pipe != nullptr, "popen");
  std::string out;
  char piece[4096];
  while (const std::size_t n = std::fread(piece, 1, sizeof piece, pipe)) out.append(piece, n);
  LAMPLIGHT_CHECK(::pclose(pipe) == 0, "the import ends well");
  return out;
}

}  // namespace

void run_import(const Run& run) {
  if (!run.wanted("import.dublin")) return;
  const std::string gz =
      run.source + "/../shared/data/incidents/dublin-fire-2020-2022/fire_incidents.csv.gz";
  if (!std::filesystem::exists(gz)) {
    std::fprintf(stderr, "bench: import.dublin left out: the data set is not here\n");
    return;
  }
  const std::string folder = run.folder + "/import";
  std::filesystem::create_directories(folder);
  const std::string csv = folder + "/dublin.csv";
  (void)output_of("gzip -dc '" + gz + "' >'" + csv + "'");
  {
    const auto lamplight =
        Server::start({run.lamplight, "up", "--data", folder + "/data", "--intake.port=0",
                       "--tally.port=0", "--console.port=0", "--metrics.port=0"},
                      folder + "/up.out", "Ready");
    LAMPLIGHT_CHECK(lamplight, "lamplight up is ready");
    const std::string summary = output_of(
        '\'' + run.lamplight + "' import '" + csv + "' --mapping '" + run.source +
        "/tests/data/mappings/dublin.toml' --json --data '" + folder + "/data' 2>/dev/null");
    run.print({"import.dublin",
               number_after(summary, "rows_per_s"),
               "rows/s",
               {},
               "",
               "35163 rows of CSV through the mapping and HTTP, durable, one process each side"});
  }
  std::filesystem::remove_all(folder);
}

}  // namespace lamplight::bench
