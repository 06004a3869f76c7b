#include <cstdio>
#include <string>
#include <thread>

#include "base/logging.hpp"
#include "bench.hpp"

namespace {

using namespace lamplight;

/// A request on the log, as an officer asked it.
Offset asked(console::test::FakeLog& log, int number, std::string_view actor) {
  AssessmentSubmitted said;
  said.actor = actor;
  said.case_id = console::test::case_id(3);
  said.risk = "none";
  console::test::Stored stored = console::test::stored(kAssessmentSubmitted, said);
  stored.id.bytes[0] = 0x4E;
  stored.id.bytes[15] = static_cast<std::uint8_t>(number);
  return log.append(std::move(stored)).offset;
}

}  // namespace

/// A console with known officers and cases for the examples of schemas/openapi.yaml: prints its port, ends with its standard input.
int main() {
  using namespace lamplight::console::test;
  lamplight::logging::init("warning");  // the port alone on standard output
  Bench bench;
  add_officer(bench.log, kWang, {"duty_chief"}, {"operations_centre"});
  add_officer(bench.log, kLi, {"community_officer"}, {"wuma"});
  bench.password_of("wang", kWang, "correct horse battery");
  bench.password_of("li", kLi, "another long password");
  append(bench.log, {.number = 1,
                     .version = 4,
                     .area = "wuma",
                     .parties = {"party-0001-aaaa-bbbb"},
                     .places = {{"grid", "G-17"}}});
  append(bench.log, {.number = 2, .owner = kLi, .due_minutes = 90, .area = "wuma"});
  append(bench.log, {.number = 3, .due_minutes = 0, .area = "nanpu", .severity = "high"});
  const lamplight::Offset first = asked(bench.log, 1, kWang);
  lamplight::CaseRefused refused;
  refused.case_id = case_id(3);
  refused.version = 1;
  refused.state = "assessment";
  refused.rule = "code";
  refused.allowed = {"settlement", "assessment"};
  bench.log.append(stored(lamplight::kCaseRefused, refused, first));
  asked(bench.log, 2, kWang);
  asked(bench.log, 3, kLi);
  bench.inner.silent_about.insert(case_id(2));
  bench.inner.refuse_about[case_id(3)] = "illegal_move";
  bench.options.commands.answer_timeout_us = 0;  // what is not answered at once never is
  bench.start();
  std::printf("%u\n", static_cast<unsigned>(bench.server->port()));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
