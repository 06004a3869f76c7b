#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/env.hpp"
#include "import/alert_stream.hpp"
#include "import/judge.hpp"
#include "import/progress_bar.hpp"
#include "import/progress_file.hpp"
#include "import/rejects.hpp"
#include "import/sender.hpp"
#include "import/summary.hpp"

namespace lamplight::importer {

/// A file to be imported, open.
struct InputFile {
  std::string name;  ///< for messages
  std::unique_ptr<File> file;
  std::uint64_t size = 0;
  std::string digest;                     ///< SHA-256 of its bytes, hex
  bool csv = true;                        ///< by the mapping; else alerts as JSON
  std::vector<std::string> reject_paths;  ///< where what is refused may be written, best first
};

/// Errors: kIo naming the file.
[[nodiscard]] Result<void> measure(InputFile& input);

struct ImportOptions {
  std::size_t batch_alerts = 500;
  SenderOptions sender;
  bool seed = false;
  bool dry_run = false;
  std::size_t show = 3;  ///< a dry run: alerts that the summary shows
  bool restart = false;  ///< what an interrupted run remembered is not looked at
  const RecordInfo* record = &record_infos().front();  ///< what the files hold
  std::string url;
  std::string state_folder;  ///< for progress; empty: none is kept
  bool terminal = false;
  bool quiet = false;  ///< no progress shown
};

/// What has to be asked of intake, besides posting.
struct IntakeQuestions {
  /// Whether the log is new and takes its time from the data. Errors: kUnavailable, kUnsupported.
  std::function<Result<bool>()> seeding;
  /// Whether an alert of this id is on the log.
  std::function<bool(const std::string& id)> has_alert;
};

/// One run of `lamplight import`: files are read, mapped, sent and accounted for.
///
/// Memory: the batches in flight; with `seed` all alerts of all files. Threads: one.
class ImportRun {
 public:
  /// `mapping` may be null where no file is CSV. `transport` may be null in a dry run. All must outlive the run.
  ImportRun(const Env& env, const Mapping* mapping, Transport* transport, IntakeQuestions questions,
            ImportOptions options);

  struct Outcome {
    Summary summary;
    std::optional<Error> error;  ///< what ended the run early; the summary tells how far it came
  };
  /// Once. Errors: kInvalid (file or mapping: place named; or intake refuses requests), kUnavailable (nobody answers),
  /// kIo, kOverloaded (disk full).
  [[nodiscard]] Outcome run(std::vector<InputFile> inputs);

 private:
  [[nodiscard]] Result<void> run_all();
  [[nodiscard]] Result<void> run_file(std::size_t index);
  [[nodiscard]] Result<void> seed_all();
  [[nodiscard]] std::unique_ptr<AlertStream> open_stream(std::size_t index);
  [[nodiscard]] Result<void> take(std::size_t index, ImportItem& item, std::uint64_t ordinal);
  void check(ImportItem& item);
  [[nodiscard]] Result<void> refuse(const Origin& origin, const std::vector<FieldError>& problems);
  [[nodiscard]] Result<void> add_to_batch(const Origin& origin, const std::string& json,
                                          std::uint64_t ordinal, const std::string& digest);
  [[nodiscard]] Result<void> send_batch();
  [[nodiscard]] Result<void> drain();
  [[nodiscard]] Result<void> resume(std::size_t index);
  void answered(const OutBatch& batch, const std::vector<ItemAnswer>& answers);
  void remember(bool now);
  void show(std::uint64_t bytes);

  Env env_;
  const Mapping* mapping_;
  IntakeQuestions questions_;
  ImportOptions options_;
  std::optional<Sender> sender_;
  std::vector<InputFile> inputs_;
  std::vector<Rejects> rejects_;
  Summary summary_;
  std::optional<ProgressBar> bar_;
  std::optional<Error> failed_;        // met in a call that cannot return it
  std::uint64_t bytes_before_ = 0;     // of the files that are done
  std::unique_ptr<FileSource> bytes_;  // of the file that is being read

  OutBatch filling_;
  std::uint64_t run_ordinal_ = 0;  // of the run: names batches to the sender
  std::set<std::uint64_t> open_;   // first ordinals (of the file) of batches without answer
  std::map<std::uint64_t, std::uint64_t>
      file_ordinal_of_;  // batch's run ordinal to its first in the file

  std::optional<ProgressFile> progress_file_;
  Progress progress_;
  std::uint64_t read_ordinal_ = 0;  // alerts of the file that were sent, refused or passed over
  std::int64_t remembered_us_ = 0;

  // A dry run's judge.
  std::optional<CodeLists> codes_;
  std::unique_ptr<Judge> judge_;
};

}  // namespace lamplight::importer
