#include "import/record_info.hpp"

#include <algorithm>

#include "model/item_types.hpp"

namespace lamplight::importer {

const std::vector<RecordInfo>& record_infos() {
  static const std::vector<RecordInfo> all = [] {
    std::vector<RecordInfo> out;
    for_each_item_type([&out]<typename T>(Item<T>) {
      RecordInfo info{Description<T>::kName, Description<T>::kPath, {}};
      for (const FieldInfo& field : field_infos<T>()) info.fields.push_back(field);
      out.push_back(std::move(info));
    });
    return out;
  }();
  return all;
}

const RecordInfo* find_record(std::string_view name) {
  const auto& all = record_infos();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const RecordInfo& info) { return info.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string url_of(const std::string& intake, const RecordInfo& record) {
  return intake + "/v1/" + std::string(record.path);
}

std::vector<std::string> record_names() {
  std::vector<std::string> names;
  for (const RecordInfo& info : record_infos()) names.emplace_back(info.name);
  return names;
}

}  // namespace lamplight::importer
