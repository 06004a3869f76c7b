#include "endpoints.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "runtime/process.hpp"

namespace lamplight::cli {

namespace {

constexpr std::uint64_t kMaxFileBytes = 64U << 10;

std::string path_of(const std::string& data_folder) { return data_folder + "/run/endpoints.json"; }

std::string member(const rapidjson::Document& document, const char* name) {
  if (!document.IsObject()) return {};
  const auto found = document.FindMember(name);
  if (found == document.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

Endpoints read(Disk& disk, const std::string& data_folder) {
  Endpoints out;
  const auto content = read_file(disk, path_of(data_folder), kMaxFileBytes);
  if (!content) return out;
  rapidjson::Document document;
  document.Parse(content->c_str(), content->size());
  if (document.HasParseError()) return out;
  out.intake = member(document, "intake");
  out.tally = member(document, "tally");
  out.console = member(document, "console");
  out.ops = member(document, "ops");
  return out;
}

void take(std::string& into, const std::string& from) {
  if (!from.empty()) into = from;
}

std::string http(const std::string& address, std::int64_t port) {
  if (port == 0) return {};
  const bool v6 = address.find(':') != std::string::npos;
  return v6 ? fmt::format("http://[{}]:{}", address, port)
            : fmt::format("http://{}:{}", address, port);
}

}  // namespace

Result<void> write_endpoints(Disk& disk, const std::string& data_folder, const Endpoints& mine) {
  Endpoints all = read(disk, data_folder);
  take(all.intake, mine.intake);
  take(all.tally, mine.tally);
  take(all.console, mine.console);
  take(all.ops, mine.ops);

  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  json.StartObject();
  const auto put = [&json](const char* name, const std::string& value) {
    if (value.empty()) return;
    json.Key(name);
    json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  put("intake", all.intake);
  put("tally", all.tally);
  put("console", all.console);
  put("ops", all.ops);
  json.EndObject();
  if (auto made = disk.make_folder(data_folder + "/run"); !made) return made;
  return replace_file(disk, path_of(data_folder), as_bytes({buffer.GetString(), buffer.GetSize()}));
}

void forget_endpoints(Disk& disk, const std::string& data_folder) {
  (void)disk.remove(path_of(data_folder));
}

Endpoints find_endpoints(Disk& disk, const runtime::Config& config) {
  Endpoints out;
  out.bus = runtime::bus_endpoint(config);
  out.intake = http(config.text("http.address"), config.integer("intake.port"));
  out.tally = http(config.text("http.address"), config.integer("tally.port"));
  out.console = http(config.text("http.address"), config.integer("console.port"));
  out.ops = http(config.text("metrics.address"), config.integer("metrics.port"));
  const Endpoints told = read(disk, config.text("data.folder"));
  take(out.intake, told.intake);
  take(out.tally, told.tally);
  take(out.console, told.console);
  take(out.ops, told.ops);
  return out;
}

}  // namespace lamplight::cli
