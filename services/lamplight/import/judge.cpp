#include "import/judge.hpp"

#include "base/check.hpp"
#include "model/future_times.hpp"
#include "model/item_parser.hpp"
#include "model/item_types.hpp"

namespace lamplight::importer {

namespace {

template <typename T>
class JudgeOf final : public Judge {
 public:
  explicit JudgeOf(const CodeLists& codes) : parser_(codes) {}
  std::vector<FieldError> look_at(std::string_view json, TimeUs latest) override {
    if (parser_.parse(json, record_, errors_, warnings_))
      note_future_times(record_, latest, errors_);
    return errors_;
  }

 private:
  ItemParser<T> parser_;
  T record_;
  std::vector<FieldError> errors_;
  std::vector<Warning> warnings_;
};

}  // namespace

std::unique_ptr<Judge> make_judge(const RecordInfo& record, const CodeLists& codes) {
  std::unique_ptr<Judge> judge;
  for_each_item_type([&]<typename T>(Item<T>) {
    if (Description<T>::kName == record.name) judge = std::make_unique<JudgeOf<T>>(codes);
  });
  LAMPLIGHT_CHECK(judge != nullptr, "every record has a type");
  return judge;
}

}  // namespace lamplight::importer
