#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "../log/watched_disk.hpp"
#include "base/production_env.hpp"
#include "case_events.hpp"
#include "console/core.hpp"
#include "console/routes.hpp"
#include "identity/directory.hpp"
#include "support/temporary_folder.hpp"

namespace lamplight::console::test {

using intake::test::FakeClient;

/// The real wall clock; a monotonic one that tests move on.
class HandClock final : public Clock {
 public:
  explicit HandClock(Clock& real) : real_(real) {}
  TimeUs wall() const override { return real_.wall(); }
  std::int64_t monotonic_us() const override { return now_us.load(); }
  std::atomic<std::int64_t> now_us{1'000'000};

 private:
  Clock& real_;
};

/// Answers what is asked as the inner loop would that allows everything, as long as the version is right.
class ScriptedInner {
 public:
  explicit ScriptedInner(FakeLog& log) : log_(log) {
    log_.on_published = [this](const Stored& request) { answer(request); };
  }
  bool silent = false;
  std::string refuse_with;  ///< a rule; empty: accept
  std::set<Id16> silent_about;
  std::map<Id16, std::string> refuse_about;

 private:
  struct Asked {
    std::string actor;
    Id16 id;
    std::optional<std::int64_t> expected;
  };
  static Asked read(const Stored& request) {
    MsgpackReader reader(as_bytes(request.payload));
    const std::uint32_t fields = reader.array();
    Asked asked;
    asked.actor = reader.str();
    if (request.subject != kPetitionSubmitted && fields > 2) {
      wire::read(reader, asked.id);
      wire::read(reader, asked.expected);
    }
    return asked;
  }
  /// The last event of the case on the log; version 0: none.
  CaseEvent newest(const Id16& id, std::string& bytes) const {
    CaseEvent found;
    found.version = 0;
    for (const Stored& each : log_.events) {
      if (each.producer != "inner" || !each.subject.starts_with("inner.")) continue;
      if (each.subject == kCaseRefused) continue;
      CaseEvent event;
      if (!decode(as_bytes(each.payload), event) || event.case_id != id) continue;
      bytes = each.payload;
      static_cast<void>(decode(as_bytes(bytes), found));
    }
    return found;
  }
  void answer(const Stored& request) {
    if (silent || !request.subject.ends_with("_submitted")) return;
    const Asked asked = read(request);
    if (silent_about.contains(asked.id)) return;
    const auto about = refuse_about.find(asked.id);
    std::string rule = about == refuse_about.end() ? refuse_with : about->second;
    std::string bytes;
    CaseEvent now = newest(asked.id, bytes);
    if (asked.expected && *asked.expected != now.version && rule.empty()) rule = "version";
    if (!rule.empty()) {
      CaseRefused refused;
      refused.case_id = asked.id;
      refused.version = now.version;
      refused.state = now.state;
      refused.rule = rule;
      refused.allowed = {"assessment", "rules_move"};
      refused.actor = asked.actor;
      log_.append(stored(kCaseRefused, refused, request.offset));
      return;
    }
    if (request.subject == kPetitionSubmitted) {
      now = CaseSaid{.version = 0}.event();
      now.case_id = request.id;
      now.kind = "petition";
    }
    ++now.version;
    now.actor = asked.actor;
    log_.append(stored(kCaseAssessed, now, request.offset));
  }

  FakeLog& log_;
};

/// Real sockets, a core on its own thread, a bus in memory, and an inner loop of a few lines.
class Bench {
 public:
  Bench() = default;
  ~Bench() { stop(); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// Officers and cases that are on the log before.
  void start() {
    passwords_ = std::make_unique<PasswordDesk>(disk_, identity::Directory::path_in(folder_.path()),
                                                identity::PasswordCost{1, 16U << 10});
    auto made = std::make_unique<FakeClient>(log);
    client = made.get();
    options.read_desks = read_desks;
    options.snapshot_folder = folder_.path() + "/snapshots";
    runtime::Told told;
    told.ready_changed = [this](const std::string& why_not) { ready_.store(why_not.empty()); };
    told.failed = [](const Error&) {};
    core = std::make_unique<Core>(Env{clock, real.env().disk, real.env().random}, std::move(made),
                                  service_metrics_, metrics, *passwords_, lists_, options,
                                  std::move(told));
    server = http::make_server({}, &metrics);
    add_routes(*server, *core);
    LAMPLIGHT_CHECK(server->start().ok(), "console listens");
    thread_ = std::thread([this] {
      while (!stopping_.load()) core->round(5'000);
    });
    while (!ready_.load()) std::this_thread::yield();
  }
  void stop() {
    if (!thread_.joinable()) return;
    core->close();
    server->stop(1000);
    stopping_.store(true);
    thread_.join();
    passwords_.reset();
    core.reset();
    server.reset();
  }
  template <typename F>
  void on_core(F&& work) {
    std::atomic<bool> done{false};
    core->post([&] {
      work();
      done.store(true);
    });
    while (!done.load()) std::this_thread::yield();
  }
  /// Appends to the log and waits until the projection holds it.
  template <typename F>
  void happens(F&& work) {
    on_core(work);
    bool there = false;
    do {
      on_core([&] { there = core->cut() == log.head(); });
    } while (!there);
  }

  std::size_t log_size() {
    std::size_t size = 0;
    on_core([&] { size = log.events.size(); });
    return size;
  }
  std::size_t under_way() {
    std::size_t count = 0;
    on_core([&] { count = core->commands().under_way(); });
    return count;
  }
  /// A session without a password.
  std::string token_of(std::string_view officer) {
    std::string token;
    on_core([&] {
      token = core->sessions().open({std::string(officer), core->cut()}, clock.now_us.load());
    });
    return token;
  }
  void password_of(const std::string& name, std::string_view officer, std::string_view password) {
    auto directory =
        identity::Directory::load(real.env().disk, identity::Directory::path_in(folder_.path()));
    LAMPLIGHT_CHECK(directory.ok(), "the file of officers reads");
    const auto added = directory->add(
        {name, std::string(officer), identity::hash_password(password, {1, 16U << 10}).value()});
    LAMPLIGHT_CHECK(added.ok(), "an officer is new");
    const auto saved =
        directory->save(real.env().disk, identity::Directory::path_in(folder_.path()));
    LAMPLIGHT_CHECK(saved.ok(), "the file of officers is written");
  }

  void new_password_of(const std::string& name, std::string_view password) {
    const std::string path = identity::Directory::path_in(folder_.path());
    auto directory = identity::Directory::load(real.env().disk, path);
    LAMPLIGHT_CHECK(directory.ok(), "the file of officers reads");
    directory->by_name(name)->password_hash =
        identity::hash_password(password, {1, 16U << 10}).value();
    LAMPLIGHT_CHECK(directory->save(real.env().disk, path).ok(), "the file of officers is written");
  }

  /// Puts another text in the place of the officers' file and gives back the one that was there.
  std::string replace_officers_file(const std::string& text) {
    const std::string path = identity::Directory::path_in(folder_.path());
    auto before = read_file(real.env().disk, path, 1U << 20);
    LAMPLIGHT_CHECK(before.ok(), "the file of officers reads");
    LAMPLIGHT_CHECK(replace_file(real.env().disk, path, as_bytes(text)).ok(),
                    "the file of officers is written");
    return std::move(before).value();
  }

  /// The value of a counter or gauge as a scrape shows it; 0 when it is not there.
  double metric(const std::string& series) {
    const std::string text = "\n" + registry.expose();
    const std::size_t at = text.find("\n" + series + " ");
    return at == std::string::npos ? 0 : std::stod(text.substr(at + series.size() + 2));
  }

  FakeLog log;
  ScriptedInner inner{log};
  runtime::Registry registry;
  Metrics metrics{registry};
  Core::Options options;
  FakeClient* client = nullptr;
  std::unique_ptr<Core> core;
  std::unique_ptr<http::Server> server;

  /// Runs on the password desk's thread before each look at the disk.
  std::function<void(std::uint64_t look)> before_look;

  ProductionEnv real;
  HandClock clock{real.env().clock};

 private:
  lamplight::test::TemporaryFolder folder_;
  lamplight::log::test::WatchedDisk disk_{real.env().disk, [this](std::uint64_t look) {
                                            if (before_look) before_look(look);
                                          }};
  CodeLists lists_ = CodeLists::builtin().value();
  runtime::ServiceMetrics service_metrics_{registry, "console"};
  std::unique_ptr<PasswordDesk> passwords_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ready_{false};
};

}  // namespace lamplight::console::test
