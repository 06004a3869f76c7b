#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "model/alert_parser.hpp"
#include "model/results.hpp"

namespace lamplight {

/// Reads a sender's JSON item and checks every rule of its description, the code lists and the deny-list: AlertParser's
/// contract (bounds, findings, buffers, threads) for any described type. Made for AlertReceived and the reports of
/// results.hpp that come over HTTP.
template <typename T>
class ItemParser {
 public:
  /// `codes` must outlive the parser.
  explicit ItemParser(const CodeLists& codes);
  ~ItemParser();
  ItemParser(ItemParser&&) noexcept;
  ItemParser& operator=(ItemParser&&) noexcept;

  [[nodiscard]] bool parse(std::string_view json, T& out, std::vector<FieldError>& errors,
                           std::vector<Warning>& warnings);
  [[nodiscard]] bool parse_padded(std::string_view json, T& out, std::vector<FieldError>& errors,
                                  std::vector<Warning>& warnings);

 private:
  class Reading;
  std::unique_ptr<Reading> reading_;
};

}  // namespace lamplight
