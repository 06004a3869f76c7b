#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "model/field_error.hpp"

namespace lamplight::importer {

/// What intake said of one alert of a batch.
struct ItemAnswer {
  unsigned status = 0;               ///< 202 accepted, 200 a repeat, else refused
  std::string id;                    ///< of the alert on the log, where accepted or a repeat
  std::vector<FieldError> problems;  ///< where refused
};

/// Reads what intake answers, and what little of alerts has to be known to send them in order. Threads: one.
class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  /// The answer to a batch of `count` alerts: one object a line, in order. Nothing when it is not whole.
  [[nodiscard]] std::optional<std::vector<ItemAnswer>> read_batch(std::string_view body,
                                                                  std::size_t count);
  /// "title: detail" of a problem, for people; the beginning of the body when it is none.
  [[nodiscard]] std::string read_problem(std::string_view body);
  /// An alert's own reported_at. Nothing when it has none that can be read.
  [[nodiscard]] std::optional<TimeUs> reported_at(std::string_view alert);
  /// A true or false of an object.
  [[nodiscard]] std::optional<bool> flag(std::string_view object, std::string_view key);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace lamplight::importer
