#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "console/worklist.hpp"
#include "http/server.hpp"
#include "model/code_lists.hpp"

/// What a browser is shown: a page to sign in at and worklists to read, in Chinese and English. No scripts.
namespace lamplight::console {

/// Officers' names by key, as the secrets file had them at the last sign-in.
using Names = std::map<std::string, std::string, std::less<>>;

struct ListPage {
  ListKind kind = ListKind::kMine;
  Language language = Language::kChinese;
  std::string area;
  TimeUs now;
  Offset cut;
  std::string me;  ///< key of the reader
  WorklistPage found;
  const Names* names = nullptr;
  const CodeLists* lists = nullptr;
};

/// "zh", "en": as `lang` names it.
[[nodiscard]] std::string_view code_of(Language language);
/// `lang` of the query, else Accept-Language; Chinese where neither says.
[[nodiscard]] Language language_of(const http::Request& request);
/// What the sign-in page says of an attempt before: that it did not work, not why; or that none can work at present.
enum class SignInNote : std::uint8_t { kNone, kFailed, kNotNow };
/// `next`: the list to go to afterwards.
[[nodiscard]] std::string sign_in_html(Language language, ListKind next, SignInNote note);
[[nodiscard]] std::string list_html(const ListPage& page);
[[nodiscard]] std::string_view stylesheet();

/// Never kept by a cache, runs nothing, loads nothing but our stylesheet.
[[nodiscard]] http::Response page_response(unsigned status, std::string html);
/// A value of an application/x-www-form-urlencoded body; empty when it is not there.
[[nodiscard]] std::string form_value(std::string_view body, std::string_view name);

}  // namespace lamplight::console
