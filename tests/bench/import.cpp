#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/check.hpp"
#include "figures.hpp"

namespace lamplight::bench {

namespace {

// The number behind "key": in one line of JSON; -1 where it is missing.
double number_after(const std::string& json, const std::string& key) {
  const auto at = json.find('"' + key + "\":");
  return at == std::string::npos ? -1 : std::strtod(json.c_str() + at + key.size() + 3, nullptr);
}

// `lamplight up` on a folder of its own, as a process of its own, until destroyed.
class Lamplight {
 public:
  Lamplight(const std::string& program, const std::string& data) {
    int ends[2];
    LAMPLIGHT_CHECK(::pipe(ends) == 0, "pipe");
    child_ = ::fork();
    LAMPLIGHT_CHECK(child_ >= 0, "fork");
    if (child_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(program.c_str(), program.c_str(), "up", "--data", data.c_str(), "--intake.port=0",
              "--tally.port=0", "--metrics.port=0", static_cast<char*>(nullptr));
      std::_Exit(127);
    }
    ::close(ends[1]);
    std::FILE* out = ::fdopen(ends[0], "r");
    char line[512];
    while (std::fgets(line, sizeof line, out) != nullptr) {
      if (std::string_view(line).starts_with("Ready")) ready_ = true;
      if (ready_) break;
    }
    out_ = out;
  }
  ~Lamplight() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    std::fclose(out_);
  }
  Lamplight(const Lamplight&) = delete;
  Lamplight& operator=(const Lamplight&) = delete;
  [[nodiscard]] bool ready() const { return ready_; }

 private:
  pid_t child_ = -1;
  std::FILE* out_ = nullptr;
  bool ready_ = false;
};

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
    const Lamplight lamplight(run.lamplight, folder + "/data");
    LAMPLIGHT_CHECK(lamplight.ready(), "lamplight up is ready");
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
