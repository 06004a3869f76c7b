// http_load port=P [connections=N] [rate=R] [seconds=S] [name=X] [samples=1]: posts alerts to intake and prints one line of JSON;
// with samples=1 also how long each that was taken took.
#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http_load.hpp"

namespace {

double percentile_ms(std::vector<double>& us, double p) {
  if (us.empty()) return 0;
  std::sort(us.begin(), us.end());
  const auto rank = static_cast<std::size_t>(std::ceil(p / 100.0 * static_cast<double>(us.size())));
  return us.at(std::max<std::size_t>(rank, 1) - 1) / 1000.0;
}

}  // namespace

int main(int argc, char** argv) {
  lamplight::bench::LoadOptions options;
  bool samples = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    const std::size_t equals = std::min(arg.find('='), arg.size());
    const std::string_view key = arg.substr(0, equals);
    const std::string value(arg.substr(std::min(equals + 1, arg.size())));
    if (key == "port") options.port = static_cast<std::uint16_t>(std::atoi(value.c_str()));
    else if (key == "connections")
      options.connections = static_cast<unsigned>(std::atoi(value.c_str()));
    else if (key == "rate") options.rate = std::atof(value.c_str());
    else if (key == "seconds") options.seconds = std::atof(value.c_str());
    else if (key == "name") options.name = value;
    else if (key == "samples") samples = value == "1";
    else options.connections = 0;
  }
  if (options.port == 0 || options.connections == 0) {
    fmt::print(stderr,
               "http_load port=P [connections=N] [rate=R] [seconds=S] [name=X] [samples=1]\n");
    return 2;
  }
  auto result = lamplight::bench::run_load(options);
  std::string statuses;
  for (const auto& [status, count] : result.statuses) {
    statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
  }
  const std::string each =
      samples ? fmt::format(R"(,"each_taken_us":[{:.0f}])", fmt::join(result.taken_us, ",")) : "";
  fmt::print(
      R"({{"sent":{},"seconds":{:.3f},"statuses":{{{}}},"taken":{},"refused":{},"without_retry_after":{},)"
      R"("taken_ms":{{"p50":{:.3f},"p99":{:.3f}}},"refused_ms":{{"p50":{:.3f},"p99":{:.3f}}}{}}})"
      "\n",
      result.sent, result.seconds, statuses, result.taken_us.size(), result.refused_us.size(),
      result.without_retry_after, percentile_ms(result.taken_us, 50),
      percentile_ms(result.taken_us, 99), percentile_ms(result.refused_us, 50),
      percentile_ms(result.refused_us, 99), each);
  return 0;
}
