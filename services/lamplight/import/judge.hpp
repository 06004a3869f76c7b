#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "import/record_info.hpp"
#include "model/code_lists.hpp"
#include "model/field_error.hpp"

namespace lamplight::importer {

/// A dry run's judge: the rules that intake has of one item, beyond what only the log can tell. Threads: one.
class Judge {
 public:
  virtual ~Judge() = default;
  /// What breaks a rule; nothing that has happened may lie behind `latest`.
  [[nodiscard]] virtual std::vector<FieldError> look_at(std::string_view json, TimeUs latest) = 0;
};

/// `codes` must outlive it.
[[nodiscard]] std::unique_ptr<Judge> make_judge(const RecordInfo& record, const CodeLists& codes);

}  // namespace lamplight::importer
