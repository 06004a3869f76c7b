#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "http/item_splitter.hpp"

// The first two bytes choose format and piece size. Whatever the body, cutting it up must not change what comes out, and
// no item may be over its limit.
namespace {

using lamplight::http::ItemSplitter;

constexpr ItemSplitter::Limits kLimits{.item_bytes = 64, .depth = 8};

std::vector<std::string> outcome(ItemSplitter::Format format, std::string_view body,
                                 std::size_t piece_bytes) {
  std::vector<std::string> heard;
  const ItemSplitter::OnItem on_item = [&](const ItemSplitter::Item& item) {
    if (item.index + 1 != heard.size() + 1 || item.text.size() > kLimits.item_bytes) std::abort();
    if (item.error == nullptr && (item.text.empty() || item.text.front() != '{')) std::abort();
    heard.push_back(item.error == nullptr ? std::string(item.text) : item.error->message());
  };
  ItemSplitter splitter(format, kLimits);
  lamplight::Result<void> result;
  for (std::size_t at = 0; at < body.size() && result.ok(); at += piece_bytes) {
    result = splitter.feed(std::string(body.substr(at, piece_bytes)), on_item);
  }
  if (result.ok()) result = splitter.finish(on_item);
  heard.push_back(result.ok() ? "whole" : result.error().message());
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto format = static_cast<ItemSplitter::Format>(data[0] % 3);
  const std::size_t piece_bytes = 1 + data[1] % 32;
  const std::string_view body(reinterpret_cast<const char*>(data + 2), size - 2);
  if (outcome(format, body, piece_bytes) != outcome(format, body, size)) std::abort();
  return 0;
}
