#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/production_env.hpp"
#include "commands.hpp"
#include "endpoints.hpp"
#include "http_call.hpp"
#include "import/record_info.hpp"
#include "json_shape.hpp"

namespace lamplight::cli {

namespace {

constexpr char kAbout[] =
    "Send alerts, or reports of one kind, to intake and print its answers. The file holds one of "
    "them as JSON, a JSON\n"
    "array of them, or one a line (NDJSON); it may be of any length. Exit code 0 when every one "
    "was accepted.\n\n"
    "  lamplight post alert.json\n"
    "  lamplight post alerts.ndjson --idempotency-key upload-2022-08-25\n"
    "  lamplight post cases.ndjson --as case-result\n"
    "  some-export | lamplight post -";

struct Options {
  std::string file;
  std::string url;
  std::string key;
  std::string record = "alert";
};

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

/// A file read from its beginning, of which the first part has been looked at already.
class Input {
 public:
  explicit Input(OpenFile file) : file_(std::move(file)), head_(kLookedAt, '\0') {
    head_.resize(std::fread(head_.data(), 1, head_.size(), file_.get()));
  }
  [[nodiscard]] std::string_view head() const { return head_; }
  std::size_t read(char* into, std::size_t room) {
    if (at_ < head_.size()) {
      const std::size_t n = head_.copy(into, room, at_);
      at_ += n;
      return n;
    }
    return std::fread(into, 1, room, file_.get());
  }

 private:
  static constexpr std::size_t kLookedAt = 1U << 20;
  OpenFile file_;
  std::string head_;
  std::size_t at_ = 0;
};

/// Prints an answer as it comes and notices whether any item of it was refused.
class Answers {
 public:
  void take(std::string_view piece) {
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    seen_ += piece;
    refused_ = refused_ || seen_.find(kProblem) != std::string::npos;
    if (seen_.size() >= kProblem.size()) seen_.erase(0, seen_.size() - kProblem.size() + 1);
    last_ = piece.empty() ? last_ : piece.back();
  }
  void finish() const {
    if (last_ != '\n') std::fputc('\n', stdout);
    std::fflush(stdout);
  }
  [[nodiscard]] bool any_refused() const { return refused_; }

 private:
  static constexpr std::string_view kProblem = "\"problem\":";
  std::string seen_;
  bool refused_ = false;
  char last_ = '\n';
};

int post(const Program& program, const Options& options) {
  const auto config = program.load_config();
  if (!config) return complain(config.error(), kUsage);
  OpenFile file(options.file == "-" ? stdin : std::fopen(options.file.c_str(), "rb"));
  if (!file) {
    return complain(Error(Code::kNotFound, options.file + ": " + std::strerror(errno)), kUsage);
  }
  ProductionEnv production;
  Input input(std::move(file));
  Answers answers;
  HttpRequest request;
  request.method = "POST";
  const std::string intake =
      options.url.empty() ? find_endpoints(production.env().disk, *config).intake : options.url;
  request.url = importer::url_of(intake, *importer::find_record(options.record));
  request.content_type = is_lines(input.head()) ? "application/x-ndjson" : "application/json";
  if (!options.key.empty()) request.headers.push_back("Idempotency-Key: " + options.key);
  request.source = [&input](char* into, std::size_t room) { return input.read(into, room); };
  request.on_answer = [&answers](std::string_view piece) { answers.take(piece); };

  const auto answer = http_call(request);
  if (!answer) return complain(answer.error());
  answers.finish();
  if (answer->status >= 400)
    return complain(Error(Code::kInvalid, "refused: " + describe_problem(*answer)));
  if (answers.any_refused()) {
    return complain(
        Error(Code::kInvalid, "some of it was refused; the answers name field and rule"));
  }
  return kOk;
}

}  // namespace

void add_post(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("post", kAbout);
  command->add_option("file", options->file, "File of alerts or reports; - for standard input")
      ->required();
  command->add_option("--idempotency-key", options->key,
                      "Makes sending the same file again harmless, and its answers the same");
  command->add_option("--as", options->record, "What the file holds [alert]")
      ->check(CLI::IsMember(importer::record_names()));
  command->add_option("--url", options->url, "Intake's address [as `up` or `run intake` wrote it]");
  command->callback([&program, options] {
    program.run = [&program, options] { return post(program, *options); };
  });
}

}  // namespace lamplight::cli
