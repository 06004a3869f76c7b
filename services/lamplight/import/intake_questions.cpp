#include "import/intake_questions.hpp"

#include <fmt/core.h>

#include <chrono>
#include <thread>

#include "http_call.hpp"
#include "import/answers.hpp"

namespace lamplight::importer {

namespace {

constexpr int kAttempts = 20;
constexpr auto kPause = std::chrono::milliseconds(250);

// Asks until there is an answer other than "later".
Result<cli::HttpAnswer> ask(const std::string& url) {
  cli::HttpRequest request;
  request.url = url;
  request.timeout_ms = 10'000;
  request.answer_limit = 1U << 20;
  for (int attempt = 1;; ++attempt) {
    auto answer = cli::http_call(request);
    const bool later = answer ? answer->status == 503 || answer->status == 429
                              : answer.error().code() == Code::kUnavailable;
    if (!later || attempt == kAttempts) return answer;
    std::this_thread::sleep_for(kPause);
  }
}

Result<bool> is_seeding(const std::string& url) {
  const auto answer = ask(url + "/v1/status");
  if (!answer) return answer.error();
  if (answer->status == 503) return Error(Code::kUnavailable, cli::describe_problem(*answer));
  AnswerReader reader;
  const auto seeding = answer->status == 200 ? reader.flag(answer->body, "seeding") : std::nullopt;
  if (!seeding)
    return Error(Code::kUnsupported,
                 fmt::format("{} does not say whether its log is being seeded", url));
  return *seeding;
}

}  // namespace

IntakeQuestions ask_intake(const std::string& url, const RecordInfo& record) {
  IntakeQuestions questions;
  questions.seeding = [url] { return is_seeding(url); };
  questions.has_alert = [items = url_of(url, record)](const std::string& id) {
    const auto answer = ask(items + "/" + id);
    return answer && answer->status == 200;
  };
  return questions;
}

}  // namespace lamplight::importer
