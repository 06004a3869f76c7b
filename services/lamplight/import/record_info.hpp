#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/describe.hpp"

namespace lamplight::importer {

/// What files may hold: alerts, or reports of one kind. From the descriptions alone.
struct RecordInfo {
  std::string_view name;          ///< of options and mappings: "case-result"
  std::string_view path;          ///< of intake, behind /v1/
  std::vector<FieldInfo> fields;  ///< in the schema's order
  [[nodiscard]] bool is_alert() const { return name == "alert"; }
};

/// The first is the alert.
[[nodiscard]] const std::vector<RecordInfo>& record_infos();
/// Null when there is none of that name.
[[nodiscard]] const RecordInfo* find_record(std::string_view name);
/// Where intake takes them: "http://127.0.0.1:8080/v1/case-results".
[[nodiscard]] std::string url_of(const std::string& intake, const RecordInfo& record);
/// All names.
[[nodiscard]] std::vector<std::string> record_names();

}  // namespace lamplight::importer
