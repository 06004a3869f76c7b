#include "open_data.hpp"

#include <array>
#include <cstdio>
#include <vector>

#include "base/check.hpp"
#include "model/civil.hpp"

namespace lamplight::tally::test {
namespace {

std::string decompress(const std::string& file) {
  std::FILE* pipe = ::popen(("gzip -dc '" + file + "'").c_str(), "r");
  LAMPLIGHT_CHECK(pipe != nullptr, "gzip must be there");
  std::string content;
  std::array<char, 65536> block;
  for (std::size_t n; (n = std::fread(block.data(), 1, block.size(), pipe)) > 0;)
    content.append(block.data(), n);
  LAMPLIGHT_CHECK(::pclose(pipe) == 0, "gzip must read the data set");
  return content;
}

/// Calls `row(cells)` for each line but the first. Neither file holds quoted cells.
template <typename Row>
void each_row(const std::string& content, Row&& row) {
  std::vector<std::string_view> cells;
  bool head = true;
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = std::min(content.find('\n', begin), content.size());
    std::string_view line(content.data() + begin, end - begin);
    begin = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    cells.clear();
    for (std::size_t at = 0;;) {
      const std::size_t comma = std::min(line.find(',', at), line.size());
      cells.push_back(line.substr(at, comma - at));
      if (comma == line.size()) break;
      at = comma + 1;
    }
    if (!head) row(cells);
    head = false;
  }
}

int number(std::string_view text) {
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

std::int64_t seconds_of_day(std::string_view hh_mm_ss) {
  return number(hh_mm_ss.substr(0, 2)) * 3600 + number(hh_mm_ss.substr(3, 2)) * 60 +
         number(hh_mm_ss.substr(6, 2));
}

Day last_sunday(std::int32_t year, std::uint32_t month) {
  const Day last = day_of(CivilDate{year, month, 31});
  return last.plus(-(weekday(last) % 7));
}

/// Summer time in Ireland: last Sundays of March and October, both at 01:00 winter time.
Stamp dublin_stamp(std::int64_t civil_s) {
  const std::int32_t year =
      date_of(Day{static_cast<std::int32_t>(floor_div(civil_s, 86'400))}).year;
  const std::int64_t from = last_sunday(year, 3).value * std::int64_t{86'400} + 3600;
  const std::int64_t to = last_sunday(year, 10).value * std::int64_t{86'400} + 2 * 3600;
  const std::int16_t minutes = civil_s >= from && civil_s < to ? 60 : 0;
  return {TimeUs{(civil_s - minutes * 60) * kUsPerSecond}, minutes};
}

/// The file spans one change: 2016-03-13 02:00 → 03:00.
Stamp new_york_stamp(std::string_view text) {
  const Day day = *day_from(text.substr(0, 10));
  const std::int64_t civil_s = day.value * std::int64_t{86'400} + seconds_of_day(text.substr(11));
  const std::int64_t change =
      day_of(CivilDate{2016, 3, 13}).value * std::int64_t{86'400} + 3 * 3600;
  const std::int16_t minutes = civil_s < change ? -300 : -240;
  return {TimeUs{(civil_s - minutes * 60) * kUsPerSecond}, minutes};
}

}  // namespace

void read_dublin(const std::string& gz_file, const TakeAlert& take) {
  constexpr std::array<std::pair<std::size_t, std::string_view>, 5> kStages{
      {{5, "dispatch"}, {6, "enroute"}, {7, "arrive"}, {10, "available"}, {11, "close"}}};
  const std::string content = decompress(gz_file);
  AlertReceived alert;
  each_row(content, [&](const std::vector<std::string_view>& cells) {
    alert = {};
    alert.partner = "dublin";
    alert.partner_ref = cells[0];
    const Day day = day_of(CivilDate{number(cells[1].substr(6)),
                                     static_cast<std::uint32_t>(number(cells[1].substr(3, 2))),
                                     static_cast<std::uint32_t>(number(cells[1].substr(0, 2)))});
    alert.area = cells[2];
    alert.category = cells[3];
    alert.class_code = cells[3].starts_with("F/") ? "fire" : "special_service";
    const std::int64_t call = seconds_of_day(cells[4]);
    const std::int64_t midnight = day.value * std::int64_t{86'400};
    alert.reported_at = dublin_stamp(midnight + call);
    for (const auto& [column, stage] : kStages) {
      if (cells[column].empty()) continue;
      const std::int64_t time = seconds_of_day(cells[column]);
      alert.stages.push_back({stage, dublin_stamp(midnight + time + (time < call ? 86'400 : 0))});
    }
    take(alert);
  });
}

void read_montgomery(const std::string& gz_file, const TakeAlert& take) {
  constexpr std::array<std::pair<std::size_t, std::string_view>, 3> kPlaces{
      {{3, "zip"}, {7, "address_key"}, {8, "station"}}};
  const std::string content = decompress(gz_file);
  AlertReceived alert;
  each_row(content, [&](const std::vector<std::string_view>& cells) {
    alert = {};
    alert.partner = "montgomery";
    alert.partner_ref = cells[0];
    alert.category = cells[4];
    alert.class_code = cells[4].substr(0, cells[4].find(": "));
    alert.reported_at = new_york_stamp(cells[5]);
    alert.area = cells[6].empty() ? "(blank)" : cells[6];
    for (const auto& [column, scheme] : kPlaces) {
      if (!cells[column].empty()) alert.places.push_back({scheme, cells[column]});
    }
    if (!cells[9].empty()) alert.occurred_at = new_york_stamp(cells[9]);
    take(alert);
  });
}

}  // namespace lamplight::tally::test
