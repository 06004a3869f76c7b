#include "console/pages.hpp"

#include "over_http.hpp"

namespace lamplight::console::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Pages : public OverHttp {
 protected:
  Pages() {
    add_officer(log, kWang, {"operator"}, {"operations_centre"});
    append(log,
           {.number = 1, .owner = kWang, .due_minutes = 0, .area = "wuma", .severity = "critical"});
    append(log, {.number = 2, .owner = "operations_centre", .due_minutes = 90});
  }
  Reply page(const std::string& path) {
    return get(path, {}, "Cookie: lamplight_session=" + token_of(kWang) + "\r\n");
  }
};

TEST_F(Pages, ListsAreInChineseAndEnglish) {
  start();
  const Reply zh = page("/lists/mine");
  ASSERT_EQ(zh.status, 200U);
  for (const char* word : {"lang=\"zh-CN\"", "我的待办", "待评估", "紧急", "本人", "五马"})
    EXPECT_THAT(zh.body, HasSubstr(word));
  const Reply en = page("/lists/mine?lang=en");
  for (const char* word : {"lang=\"en\"", "Mine", "To be assessed", "Critical", ">you<"})
    EXPECT_THAT(en.body, HasSubstr(word));
}

TEST_F(Pages, OverdueShowsWhatIsLateAndByHowMuch) {
  start();
  const Reply reply = page("/lists/overdue?lang=en");
  EXPECT_THAT(reply.body, HasSubstr("late by"));
  EXPECT_THAT(reply.body, HasSubstr(to_uuid(case_id(1))));
  EXPECT_THAT(reply.body, Not(HasSubstr(to_uuid(case_id(2)))));
  EXPECT_THAT(page("/lists/unassigned?lang=en").body, HasSubstr(to_uuid(case_id(2))));
  EXPECT_THAT(page("/lists/overdue?lang=en&area=nanpu").body, HasSubstr("No cases"));
}

TEST_F(Pages, LinksKeepAreaAndLanguage) {
  start();
  const Reply reply = page("/lists/overdue?lang=en&area=wuma");
  for (const char* link : {"href=\"/lists/mine?lang=en&amp;area=wuma\"",
                           "href=\"/lists/unassigned?lang=en&amp;area=wuma\"",
                           "href=\"/lists/overdue?lang=zh&amp;area=wuma\""})
    EXPECT_THAT(reply.body, HasSubstr(link));
  EXPECT_THAT(reply.body, HasSubstr("<code>" + to_uuid(case_id(1)) + "</code>")) << "to be copied";
}

TEST_F(Pages, WhatDoesNotFitIsOnTheNextOne) {
  for (int i = 0; i < 250; ++i)
    append(log, {.number = 3 + i, .due_minutes = 100 + i, .area = "nanpu"});
  start();
  const std::string path = "/lists/unassigned?lang=en&area=nanpu";
  const std::string first = page(path).body;
  EXPECT_THAT(first, HasSubstr("<span class=\"count\">200+</span>"));
  EXPECT_THAT(first, Not(HasSubstr("Back to the first")));
  const std::string lead =
      "href=\"" + std::string("/lists/unassigned?lang=en&amp;area=nanpu&amp;after=");
  const std::size_t at = first.find(lead);
  ASSERT_NE(at, std::string::npos);
  const std::string after =
      first.substr(at + lead.size(), first.find('"', at + lead.size()) - at - lead.size());

  const std::string second = page(path + "&after=" + after).body;

  EXPECT_THAT(second, HasSubstr("<span class=\"count\">50</span>"));
  EXPECT_THAT(second, HasSubstr("Back to the first"));
  EXPECT_THAT(second, Not(HasSubstr("rel=\"next\"")));
  for (int i = 0; i < 250; ++i) {
    const std::string id = to_uuid(case_id(3 + i));
    EXPECT_THAT(i < 200 ? first : second, HasSubstr(id));
    EXPECT_THAT(i < 200 ? second : first, Not(HasSubstr(id)));
  }
  EXPECT_EQ(page(path + "&after=x").status, 200U) << "a place that is none is the first page";
}

TEST_F(Pages, RunNothingAndAreKeptByNobody) {
  start();
  const Reply reply = page("/lists/mine");
  EXPECT_THAT(reply.header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  EXPECT_THAT(reply.body, Not(HasSubstr("<script")));
  EXPECT_EQ(get("/lists.css", {}).header("Content-Type"), "text/css; charset=utf-8");
}

TEST_F(Pages, WhatComesFromOutsideIsEscaped) {
  append(log, {.number = 3, .owner = "<b>&\"'", .due_minutes = 10, .area = "<i>"});
  start();
  const Reply reply = page("/lists/unassigned");
  EXPECT_THAT(reply.body, Not(HasSubstr("<b>")));
  EXPECT_THAT(reply.body, HasSubstr("&lt;b&gt;&amp;&quot;&#39;"));
  EXPECT_THAT(reply.body, Not(HasSubstr("<i>")));
  EXPECT_THAT(page("/lists/mine?area=%3Cscript%3E").body, Not(HasSubstr("<script>")));
}

TEST(FormValue, IsTakenOutOfTheBody) {
  EXPECT_EQ(form_value("a=1&name=%E7%8E%8B+x%26&b=", "name"), "王 x&");
  EXPECT_EQ(form_value("name=%zz%4", "name"), "%zz%4");
  EXPECT_EQ(form_value("a=1", "name"), "");
  EXPECT_EQ(form_value("", "name"), "");
}

}  // namespace
}  // namespace lamplight::console::test
