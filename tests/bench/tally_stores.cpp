#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/check.hpp"
#include "figures.hpp"
#include "tally_measures.hpp"

#ifdef LAMPLIGHT_BENCH_SQLITE
#include <sqlite3.h>
#endif
#ifdef LAMPLIGHT_BENCH_POSTGRES
#include <libpq-fe.h>
#endif

namespace lamplight::bench {
namespace {

[[maybe_unused]] constexpr const char* kAlertTable =
    "CREATE TABLE alert (area TEXT, category TEXT, class TEXT, amount_fen BIGINT, at_us BIGINT)";
[[maybe_unused]] constexpr const char* kPersonTable =
    "CREATE TABLE person (key TEXT, unit TEXT, category TEXT, outcome TEXT, at_us BIGINT)";

[[maybe_unused]] void must(bool right, const char* what) { LAMPLIGHT_CHECK(right, what); }

}  // namespace

#ifndef LAMPLIGHT_BENCH_SQLITE
PeerFold fold_in_sqlite(const std::string&, std::uint64_t) {
  return {0, 0, "libsqlite3-dev was not there"};
}
#else
PeerFold fold_in_sqlite(const std::string& folder, std::uint64_t events) {
  sqlite3* store = nullptr;
  must(sqlite3_open((folder + "/measures.sqlite").c_str(), &store) == SQLITE_OK, "SQLite opens");
  const auto run = [&](const char* sql) {
    must(sqlite3_exec(store, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  };
  run("PRAGMA journal_mode = WAL");
  run("PRAGMA cache_size = -1000000");
  run(kAlertTable);
  run(kPersonTable);
  run("BEGIN");
  sqlite3_stmt* alert = nullptr;
  sqlite3_stmt* person = nullptr;
  must(sqlite3_prepare_v2(store, "INSERT INTO alert VALUES (?, ?, ?, ?, ?)", -1, &alert, nullptr) ==
           SQLITE_OK,
       "SQLite prepares");
  must(sqlite3_prepare_v2(store, "INSERT INTO person VALUES (?, ?, ?, ?, ?)", -1, &person,
                          nullptr) == SQLITE_OK,
       "SQLite prepares");
  for (std::uint64_t i = 0; i < events; ++i) {
    const MeasuredEvent event = measured_event(i, events);
    sqlite3_stmt* const insert = event.person ? person : alert;
    const auto text = [&](int at, const std::string& value) {
      sqlite3_bind_text(insert, at, value.c_str(), static_cast<int>(value.size()), nullptr);
    };
    if (event.person) {
      text(1, event.key);
      text(2, event.area);
      text(3, event.category);
      text(4, event.group);
    } else {
      text(1, event.area);
      text(2, event.category);
      text(3, event.group);
      sqlite3_bind_int64(insert, 4, event.amount_fen);
    }
    sqlite3_bind_int64(insert, 5, event.at_us);
    must(sqlite3_step(insert) == SQLITE_DONE, "SQLite takes a row");
    sqlite3_reset(insert);
  }
  sqlite3_finalize(alert);
  sqlite3_finalize(person);
  run("COMMIT");
  run("PRAGMA wal_checkpoint(TRUNCATE)");
  PeerFold peer;
  const double from = seconds_now();
  for (const char* sql : kMeasuresInSql) {
    sqlite3_stmt* select = nullptr;
    must(sqlite3_prepare_v2(store, sql, -1, &select, nullptr) == SQLITE_OK, sql);
    while (sqlite3_step(select) == SQLITE_ROW) {
      if (sql == kMeasuresInSql[6]) peer.distinct = sqlite3_column_int64(select, 0);
    }
    sqlite3_finalize(select);
  }
  peer.seconds = seconds_now() - from;
  sqlite3_close(store);
  return peer;
}
#endif

#ifndef LAMPLIGHT_BENCH_POSTGRES
PeerFold fold_in_postgres(const std::string&, std::uint64_t) {
  return {0, 0, "libpq-dev was not there"};
}
#else
namespace {

/// A server of its own in a folder, on a socket alone; it refuses to be root.
class PostgresServer {
 public:
  explicit PostgresServer(const std::string& folder) : folder_(folder) {
    std::filesystem::create_directories(folder);
    if (const passwd* const user = getpwnam("postgres"); geteuid() == 0 && user != nullptr) {
      must(chown(folder.c_str(), user->pw_uid, user->pw_gid) == 0, "the folder is given away");
      as_ = "runuser -u postgres -- ";
    }
    if (!run("initdb -D " + folder + "/data -U bench -A trust -E UTF8 --locale=C > /dev/null 2>&1"))
      return;
    started_ = run("pg_ctl -D " + folder + "/data -w -l " + folder + "/log -o \"-k " + folder +
                   " -c listen_addresses= -c shared_buffers=1GB -c work_mem=256MB -c "
                   "max_parallel_workers_per_gather=0\" start > /dev/null 2>&1");
  }
  ~PostgresServer() {
    if (started_) run("pg_ctl -D " + folder_ + "/data -w -m immediate stop > /dev/null 2>&1");
    std::filesystem::remove_all(folder_);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  [[nodiscard]] bool started() const { return started_; }

 private:
  bool run(const std::string& command) const {
    return std::system(("cd / && " + as_ + "/usr/lib/postgresql/15/bin/" + command).c_str()) == 0;
  }
  std::string folder_;
  std::string as_;
  bool started_ = false;
};

void copy(PGconn* store, bool persons, std::uint64_t events) {
  PQclear(PQexec(store, persons ? "COPY person FROM STDIN" : "COPY alert FROM STDIN"));
  for (std::uint64_t i = 0; i < events; ++i) {
    const MeasuredEvent event = measured_event(i, events);
    if (event.person != persons) continue;
    const std::string line =
        (persons ? event.key + '\t' + event.area + '\t' + event.category + '\t' + event.group
                 : event.area + '\t' + event.category + '\t' + event.group + '\t' +
                       std::to_string(event.amount_fen)) +
        '\t' + std::to_string(event.at_us) + '\n';
    must(PQputCopyData(store, line.data(), static_cast<int>(line.size())) == 1,
         "PostgreSQL takes a row");
  }
  must(PQputCopyEnd(store, nullptr) == 1, "PostgreSQL takes the rows");
  while (PGresult* const result = PQgetResult(store)) PQclear(result);
}

}  // namespace

PeerFold fold_in_postgres(const std::string& folder, std::uint64_t events) {
  const std::string place = folder + "/pg";
  const PostgresServer server(place);
  if (!server.started()) return {0, 0, "PostgreSQL 15 could not be started"};
  PGconn* const store = PQconnectdb(("host=" + place + " user=bench dbname=postgres").c_str());
  must(PQstatus(store) == CONNECTION_OK, "PostgreSQL is reached");
  PQclear(PQexec(store, kAlertTable));
  PQclear(PQexec(store, kPersonTable));
  copy(store, false, events);
  copy(store, true, events);
  PQclear(PQexec(store, "VACUUM ANALYZE"));
  PeerFold peer;
  const double from = seconds_now();
  for (const char* sql : kMeasuresInSql) {
    PGresult* const result = PQexec(store, sql);
    must(PQresultStatus(result) == PGRES_TUPLES_OK, sql);
    if (sql == kMeasuresInSql[6])
      peer.distinct = std::strtoll(PQgetvalue(result, 0, 0), nullptr, 10);
    PQclear(result);
  }
  peer.seconds = seconds_now() - from;
  PQfinish(store);
  return peer;
}
#endif

}  // namespace lamplight::bench
