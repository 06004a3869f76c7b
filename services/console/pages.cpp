#include "console/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "console/case_json.hpp"
#include "model/civil.hpp"
#include "model/inner_codes.hpp"
#include "model/rfc3339.hpp"

namespace lamplight::console {

namespace {

struct Words {
  std::string_view zh;
  std::string_view en;
  [[nodiscard]] std::string_view in(Language language) const {
    return language == Language::kChinese ? zh : en;
  }
};

constexpr std::array<Words, 3> kTitles = {
    {{"我的待办", "Mine"}, {"超期", "Overdue"}, {"待指派", "Unassigned"}}};
constexpr std::array<Words, 3> kAbout = {
    {{"等待本人或本单位办理的事项", "Cases that wait for you or a unit of yours"},
     {"已过期限仍未办结环节的事项", "Cases past the deadline of their step"},
     {"等待单位或岗位办理、尚无承办人的事项",
      "Cases that wait for a unit or a desk, for nobody in person"}}};
constexpr Words kProduct = {"内循环工作台", "Inner loop"};
constexpr Words kNothing = {"没有事项", "No cases"};
constexpr Words kNext = {"下一页", "Next"};
constexpr Words kFirst = {"第一页", "Back to the first"};
constexpr Words kAsOf = {"截至", "As of"};
constexpr Words kOffset = {"日志位置", "log offset"};
constexpr Words kLate = {"已超", "late by"};
constexpr Words kLeft = {"还有", "in"};
constexpr Words kYou = {"本人", "you"};
constexpr Words kSignIn = {"登录", "Sign in"};
constexpr Words kSignOut = {"退出", "Sign out"};
constexpr Words kName = {"姓名", "Name"};
constexpr Words kPassword = {"口令", "Password"};
constexpr Words kFailed = {"登录失败。请核对后再试,或稍候。",
                           "That did not work. Check both, or wait."};
constexpr Words kNotNow = {"暂时无法登录,请稍后再试。",
                           "Nobody can sign in at present. Try again shortly."};
constexpr std::array<Words, 8> kColumns = {{{"编号", "Case"},
                                            {"种类", "Kind"},
                                            {"环节", "Waits for"},
                                            {"等级", "Severity"},
                                            {"期限", "Due"},
                                            {"剩余", "Left"},
                                            {"承办", "With"},
                                            {"区域", "Area"}}};
constexpr std::size_t kShortKey = 8;
/// The desks of the inner loop's built-in rules; a district that names its own lists them as units.
struct Desk {
  std::string_view code;
  Words words;
};
constexpr std::array<Desk, 5> kDesks = {{{"operations_centre", {"实战中心", "Operations centre"}},
                                         {"case_review", {"立案审查岗", "Case review"}},
                                         {"station_on_duty", {"值班派出所", "Station on duty"}},
                                         {"community_officer", {"社区民警", "Community officer"}},
                                         {"duty_chief", {"值班长", "Duty chief"}}}};

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

/// The label of a code of the inner loop, or the code itself.
template <typename E>
std::string_view label(std::string_view code, Language language) {
  const auto known = inner::from_code<E>(code);
  if (!known) return code;
  const inner::NamedCode& named = inner::named(*known);
  return language == Language::kChinese ? named.zh : named.en;
}

std::string head(Language language, std::string_view title, bool refresh) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n{}"
      "<title>{}</title>\n<link rel=\"stylesheet\" href=\"/lists.css\">\n</head>\n<body>\n",
      language == Language::kChinese ? "zh-CN" : "en",
      refresh ? "<meta http-equiv=\"refresh\" content=\"30\">\n" : "", escaped(title));
}

std::string link(const ListView& view, std::string_view words, std::string_view attribute = {}) {
  return fmt::format("<a href=\"{}\"{}>{}</a>", escaped(list_target(view)), attribute, words);
}

std::string navigation(const ListPage& page) {
  const Language language = page.view.language;
  std::string out = fmt::format("<header><strong>{}</strong><nav>", kProduct.in(language));
  for (std::size_t i = 0; i < kTitles.size(); ++i) {
    const auto kind = static_cast<ListKind>(i);
    out += link({kind, language, page.view.area, std::nullopt}, kTitles.at(i).in(language),
                kind == page.view.kind ? " aria-current=\"page\"" : "");
  }
  ListView other = page.view;
  other.language = language == Language::kChinese ? Language::kEnglish : Language::kChinese;
  out +=
      link(other, other.language == Language::kEnglish ? "English" : "中文", " class=\"language\"");
  out += fmt::format(
      "</nav><form method=\"post\" "
      "action=\"/lists/sign-out?lang={}\"><button>{}</button></form></header>\n",
      code_of(language), kSignOut.in(language));
  return out;
}

/// "3 d 4 h", "5 h 10 min", "12 min".
std::string span_text(std::int64_t us, Language language) {
  const std::int64_t minutes = us / kUsPerMinute;
  const std::int64_t days = minutes / 1440;
  const std::int64_t hours = minutes / 60 % 24;
  const bool zh = language == Language::kChinese;
  if (days > 0)
    return zh ? fmt::format("{} 天 {} 小时", days, hours) : fmt::format("{} d {} h", days, hours);
  if (hours > 0) {
    return zh ? fmt::format("{} 小时 {} 分", hours, minutes % 60)
              : fmt::format("{} h {} min", hours, minutes % 60);
  }
  return zh ? fmt::format("{} 分钟", minutes) : fmt::format("{} min", minutes);
}

/// Date and minute of the stamp in its own zone.
std::string minute_text(const Stamp& stamp) {
  std::string text = to_rfc3339(stamp).substr(0, 16);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::string owner_text(const ListPage& page, std::string_view owner) {
  if (owner == page.me) return std::string(kYou.in(page.view.language));
  if (page.names != nullptr) {
    if (const auto known = page.names->find(owner); known != page.names->end())
      return known->second;
  }
  if (is_officer_key(owner)) return std::string(owner.substr(0, kShortKey));
  for (const Desk& desk : kDesks) {
    if (desk.code == owner) return std::string(desk.words.in(page.view.language));
  }
  if (page.lists != nullptr)
    return std::string(page.lists->label(CodeList::kUnit, owner, page.view.language));
  return std::string(owner);
}

std::string row(const ListPage& page, const CaseView& view) {
  const Language language = page.view.language;
  const bool late = is_late(view, page.now);
  std::string due;
  std::string left;
  if (view.due) {
    due = minute_text(*view.due);
    const std::int64_t ahead = view.due->at.value - page.now.value;
    left = fmt::format("{} {}", (late ? kLate : kLeft).in(language),
                       span_text(late ? -ahead : ahead, language));
  }
  if (view.overdue != "none" && !view.overdue.empty())
    left += fmt::format(" · {}", label<inner::Overdue>(view.overdue, language));
  std::string area = view.area;
  if (page.lists != nullptr && !view.area.empty())
    area = page.lists->label(CodeList::kArea, view.area, language);
  const std::string id = to_uuid(view.id);
  return fmt::format(
      "<tr class=\"{}{}\"><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td>"
      "<td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
      escaped(view.severity), late ? " late" : "", id,
      escaped(label<inner::CaseKind>(view.kind, language)),
      escaped(label<inner::CaseState>(view.state, language)),
      escaped(label<inner::Severity>(view.severity, language)), escaped(due), escaped(left),
      escaped(owner_text(page, view.owner)), escaped(area));
}

/// For a query: letters, digits, - and _ stay.
std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (plain) out += c;
    else out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

std::string area_part(const ListView& view) {
  return view.area.empty() ? std::string() : "&area=" + encoded(view.area);
}

/// The ways to the first page and to the next, where there are such.
std::string pages_around(const ListPage& page) {
  const Language language = page.view.language;
  ListView view = page.view;
  std::string out;
  if (view.after) {
    view.after.reset();
    out += link(view, kFirst.in(language)) + " ";
  }
  if (page.found.next) {
    view.after = page.found.next;
    out += link(view, kNext.in(language), " rel=\"next\"");
  }
  return out.empty() ? out : fmt::format("<p>{}</p>\n", out);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
               hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string_view code_of(Language language) { return language == Language::kChinese ? "zh" : "en"; }

Language language_of(const http::Request& request) {
  const std::string_view asked = request.query_value("lang");
  if (!asked.empty()) return asked == "en" ? Language::kEnglish : Language::kChinese;
  const std::string_view accepted = request.header("Accept-Language");
  return accepted.starts_with("en") ? Language::kEnglish : Language::kChinese;
}

ListView view_of(ListKind kind, const http::Request& request) {
  ListView out{kind, language_of(request), std::string(request.query_value("area")), std::nullopt};
  if (const std::string_view after = request.query_value("after"); !after.empty())
    out.after = place_from(after);
  return out;
}

ListView view_to_come(const http::Request& request) {
  const auto asked = list_from(request.query_value("next"));
  return view_of(asked && *asked != ListKind::kOpen ? *asked : ListKind::kMine, request);
}

std::string list_target(const ListView& view) {
  return fmt::format("/lists/{}?lang={}{}{}", to_string(view.kind), code_of(view.language),
                     area_part(view), view.after ? "&after=" + to_string(*view.after) : "");
}

std::string sign_in_target(const ListView& view) {
  return fmt::format("/sign-in?next={}&lang={}{}", to_string(view.kind), code_of(view.language),
                     area_part(view));
}

std::string sign_in_html(const ListView& next, SignInNote note) {
  const Language language = next.language;
  std::string out = head(language, kSignIn.in(language), false);
  out += fmt::format(
      "<main class=\"sign-in\"><h1>{}</h1>\n{}<form method=\"post\" action=\"{}\">\n"
      "<label>{}<input name=\"name\" autocomplete=\"username\" maxlength=\"64\" required "
      "autofocus></label>\n"
      "<label>{}<input name=\"password\" type=\"password\" autocomplete=\"current-password\" "
      "maxlength=\"128\" required></label>\n"
      "<button>{}</button></form></main>\n</body>\n</html>\n",
      kProduct.in(language),
      note == SignInNote::kNone
          ? std::string()
          : fmt::format("<p class=\"failed\">{}</p>\n",
                        (note == SignInNote::kNotNow ? kNotNow : kFailed).in(language)),
      escaped(sign_in_target(next)), kName.in(language), kPassword.in(language),
      kSignIn.in(language));
  return out;
}

std::string list_html(const ListPage& page) {
  const auto kind = static_cast<std::size_t>(page.view.kind);
  const Language language = page.view.language;
  std::string out = head(language, kTitles.at(kind).in(language), true) + navigation(page);
  const std::string area =
      page.view.area.empty() || page.lists == nullptr
          ? page.view.area
          : std::string(page.lists->label(CodeList::kArea, page.view.area, language));
  out += fmt::format("<main>\n<h1>{} <span class=\"count\">{}{}</span></h1>\n<p>{}{}</p>\n",
                     kTitles.at(kind).in(language), page.found.cases.size(),
                     page.found.next ? "+" : "", kAbout.at(kind).in(language),
                     area.empty() ? std::string() : " · " + escaped(area));
  if (page.found.cases.empty()) {
    out += fmt::format("<p class=\"nothing\">{}</p>\n", kNothing.in(language));
  } else {
    out += "<table>\n<thead><tr>";
    for (const Words& column : kColumns) out += fmt::format("<th>{}</th>", column.in(language));
    out += "</tr></thead>\n<tbody>\n";
    for (const Case* one : page.found.cases) out += row(page, one->now);
    out += "</tbody>\n</table>\n";
  }
  out += pages_around(page);
  const Stamp now{page.now, 480};
  out += fmt::format("<footer>{} {} · {} {}</footer>\n</main>\n</body>\n</html>\n",
                     kAsOf.in(language), minute_text(now), kOffset.in(language), page.cut.value);
  return out;
}

std::string_view stylesheet() {
  return R"css(:root { color-scheme: light; --ink: #1d2733; --quiet: #5b6776; --line: #d8dee6; --red: #b3261e; --blue: #1f4e8c; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #f6f7f9; font: 16px/1.5 system-ui, "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Microsoft YaHei", sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center; padding: .75rem 1.5rem; background: var(--blue); color: #fff; }
nav { display: flex; flex: 1; gap: 1.25rem; }
nav a { color: #dfe9f6; text-decoration: none; padding: .15rem 0; }
nav a[aria-current] { color: #fff; border-bottom: 2px solid #fff; }
nav .language { margin-left: auto; }
header form { margin: 0; }
header button { padding: .15rem .75rem; font: inherit; color: #fff; background: none; border: 1px solid #8fabd0; border-radius: 4px; cursor: pointer; }
main { max-width: 76rem; margin: 0 auto; padding: 1rem 1.5rem 3rem; }
h1 { margin: .5rem 0 0; font-size: 1.5rem; }
.count { color: var(--quiet); font-weight: 400; }
p { margin: .25rem 0 1rem; color: var(--quiet); }
table { width: 100%; border-collapse: collapse; background: #fff; border: 1px solid var(--line); }
th, td { padding: .5rem .75rem; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; font-variant-numeric: tabular-nums; }
th { color: var(--quiet); font-weight: 600; font-size: .875rem; }
tr.late td:nth-child(5), tr.late td:nth-child(6) { color: var(--red); font-weight: 600; }
tr.critical td:first-child { box-shadow: inset 4px 0 var(--red); }
tr.high td:first-child { box-shadow: inset 4px 0 #d98a00; }
.nothing { padding: 2rem; background: #fff; border: 1px solid var(--line); text-align: center; }
footer { margin-top: 1rem; color: var(--quiet); font-size: .875rem; }
.sign-in { max-width: 22rem; padding-top: 12vh; }
.sign-in label { display: block; margin: 1rem 0; }
.sign-in input { display: block; width: 100%; padding: .5rem; font: inherit; border: 1px solid #9aa5b1; border-radius: 4px; }
.sign-in button { padding: .5rem 1.5rem; font: inherit; color: #fff; background: var(--blue); border: 0; border-radius: 4px; }
.failed { color: var(--red); }
@media (max-width: 48rem) { main { padding: 1rem .5rem; } table { display: block; overflow-x: auto; } }
)css";
}

http::Response page_response(unsigned status, std::string html) {
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; style-src 'self'; form-action 'self'; "
                                "frame-ancestors 'none'; base-uri 'none'");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.body = std::move(html);
  return response;
}

std::string form_value(std::string_view body, std::string_view name) {
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name)
      return decoded(pair.substr(equals + 1));
  }
  return {};
}

}  // namespace lamplight::console
