#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "console/worklist.hpp"
#include "http/server.hpp"
#include "model/code_lists.hpp"

/// What a browser is shown: a page to sign in at and worklists to read, in Chinese and English. No scripts.
namespace lamplight::console {

/// Officers' names by key, as the secrets file had them at the last sign-in.
using Names = std::map<std::string, std::string, std::less<>>;

/// What a reader looks at: the same through signing in, from list to list and from language to language.
struct ListView {
  ListKind kind = ListKind::kMine;  ///< one that there is a page of
  Language language = Language::kChinese;
  std::string area;                ///< empty: all
  std::optional<ListPlace> after;  ///< empty: from the first on
};
/// `next` of a query, which names the list, and what else of a view the query holds.
[[nodiscard]] ListView view_to_come(const http::Request& request);
/// What a list page's query holds of its view. A place that is none is passed over: the list begins at its first.
[[nodiscard]] ListView view_of(ListKind kind, const http::Request& request);
/// /lists/<kind>?lang=…&area=…&after=…
[[nodiscard]] std::string list_target(const ListView& view);
/// /sign-in?next=<kind>&lang=…&area=…: a place does not outlive the queue that it is in.
[[nodiscard]] std::string sign_in_target(const ListView& view);

struct ListPage {
  ListView view;
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
/// `next`: what to look at afterwards, in its language.
[[nodiscard]] std::string sign_in_html(const ListView& next, SignInNote note);
[[nodiscard]] std::string list_html(const ListPage& page);
[[nodiscard]] std::string_view stylesheet();

/// Never kept by a cache, runs nothing, loads nothing but our stylesheet.
[[nodiscard]] http::Response page_response(unsigned status, std::string html);
/// A value of an application/x-www-form-urlencoded body; empty when it is not there.
[[nodiscard]] std::string form_value(std::string_view body, std::string_view name);

}  // namespace lamplight::console
