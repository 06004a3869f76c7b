#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <type_traits>

#include "base/check.hpp"
#include "base/production_env.hpp"
#include "base/uuid.hpp"
#include "figures.hpp"
#include "log/log.hpp"
#include "model/frame.hpp"
#include "peers.hpp"

#ifdef LAMPLIGHT_BENCH_ROCKSDB
#include <rocksdb/c.h>
#endif
#ifdef LAMPLIGHT_BENCH_LMDB
#include <lmdb.h>
#endif

namespace lamplight::bench {

namespace {

const std::string kRecord(kPayloadBytes, 'x');
using Key = std::array<char, 8>;

// Big-endian, so that records lie in their order: what these stores take fastest.
[[maybe_unused]] Key key_of(std::uint64_t number) {
  Key key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[7 - i] = static_cast<char>(number >> (8 * i));
  return key;
}

constexpr double kWarmUpSeconds = 0.7;
constexpr double kPatienceSeconds = 10;

// `batch(first)` makes kStoreBatch records from number `first` on durable. What a store does once at its beginning, such
// as making files ready, is over when the measuring begins.
Sample fill(double seconds, const std::function<void(std::uint64_t first)>& batch) {
  std::uint64_t number = 0;
  const auto go_on_until = [&](double until) {
    for (; seconds_now() < until; number += kStoreBatch) batch(number);
  };
  go_on_until(seconds_now() + kWarmUpSeconds);
  const std::uint64_t before = number;
  const double cpu = own_cpu_seconds();
  const double from = seconds_now();
  go_on_until(from + seconds);
  return {number - before, seconds_now() - from, own_cpu_seconds() - cpu};
}

[[maybe_unused]] void must(const char* error, const char* what) {
  LAMPLIGHT_CHECK(error == nullptr, what);
}

// What `result` holds. The bench ends where something is refused, and says what.
template <typename T>
T right(Result<T> result, const char* what) {
  if (!result.ok()) std::fprintf(stderr, "bench: %s: %s\n", what, result.error().message().c_str());
  LAMPLIGHT_CHECK(result.ok(), what);
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

// A log filled faster than the disk makes segments ready asks for patience, as a broker asks its clients: coming again
// counts into the time taken.
void append(log::Log& log, Clock& clock, const FrameView& frame) {
  const double until = seconds_now() + kPatienceSeconds;
  for (;;) {
    auto taken = log.append(frame, std::max(log.last_time(), clock.wall()));
    if (!taken.ok() && taken.error().code() == Code::kOverloaded && seconds_now() < until) continue;
    static_cast<void>(right(std::move(taken), "the log takes a batch"));
    return;
  }
}

}  // namespace

StoreResult fill_log(const std::string& folder, double seconds) {
  ProductionEnv production;
  const Env env = production.env();
  log::Options options;
  options.folder = folder;
  const auto log = right(log::open(env, options), "the log opens");
  UuidSource ids(env.clock, env.random);
  MsgpackWriter events;
  const Sample sample = fill(seconds, [&](std::uint64_t first) {
    events.clear();
    for (int i = 0; i < kStoreBatch; ++i) {
      write_event_content(events, {"bench.published", ids.next(), {}, {}, 1, as_bytes(kRecord)});
    }
    const std::string bytes = events.take();
    const std::string frame =
        encode_frame({"bench", 0, {}, {}, Seq{first + 1}, {}, kStoreBatch}, as_bytes(bytes));
    append(*log, env.clock, right(FrameView::parse(as_bytes(frame)), "the frame reads"));
    auto sync = log->begin_sync();
    auto outcome = sync->run();
    right(log->finish_sync(std::move(sync), std::move(outcome)), "the batch is synced");
  });
  return {sample, {}};
}

#ifndef LAMPLIGHT_BENCH_ROCKSDB
StoreResult fill_rocksdb(const std::string&, double) {
  return {{}, "librocksdb-dev was not there"};
}
#else
StoreResult fill_rocksdb(const std::string& folder, double seconds) {
  rocksdb_options_t* options = rocksdb_options_create();
  rocksdb_options_set_create_if_missing(options, 1);
  rocksdb_options_set_compression(options, rocksdb_no_compression);
  char* error = nullptr;
  rocksdb_t* store = rocksdb_open(options, folder.c_str(), &error);
  must(error, "RocksDB opens");
  rocksdb_writeoptions_t* durable = rocksdb_writeoptions_create();
  rocksdb_writeoptions_set_sync(durable, 1);
  rocksdb_writebatch_t* writes = rocksdb_writebatch_create();
  const Sample sample = fill(seconds, [&](std::uint64_t first) {
    rocksdb_writebatch_clear(writes);
    for (std::uint64_t i = 0; i < kStoreBatch; ++i) {
      const Key key = key_of(first + i);
      rocksdb_writebatch_put(writes, key.data(), key.size(), kRecord.data(), kRecord.size());
    }
    rocksdb_write(store, durable, writes, &error);
    must(error, "RocksDB takes a batch");
  });
  rocksdb_writebatch_destroy(writes);
  rocksdb_writeoptions_destroy(durable);
  rocksdb_close(store);
  rocksdb_options_destroy(options);
  return {sample, {}};
}
#endif

#ifndef LAMPLIGHT_BENCH_LMDB
StoreResult fill_lmdb(const std::string&, double) { return {{}, "liblmdb-dev was not there"}; }
#else
StoreResult fill_lmdb(const std::string& folder, double seconds) {
  std::filesystem::create_directories(folder);
  const auto right = [](int code) { LAMPLIGHT_CHECK(code == 0, "LMDB does what it is told"); };
  MDB_env* store = nullptr;
  right(mdb_env_create(&store));
  right(mdb_env_set_mapsize(store, std::size_t{16} << 30));
  right(mdb_env_open(store, folder.c_str(), 0, 0600));
  MDB_dbi table = 0;
  const Sample sample = fill(seconds, [&](std::uint64_t first) {
    MDB_txn* transaction = nullptr;
    right(mdb_txn_begin(store, nullptr, 0, &transaction));
    if (first == 0) right(mdb_dbi_open(transaction, nullptr, 0, &table));
    for (std::uint64_t i = 0; i < kStoreBatch; ++i) {
      Key key = key_of(first + i);
      std::string& record =
          const_cast<std::string&>(kRecord);  // its interface is C's; it only reads
      MDB_val name{key.size(), key.data()};
      MDB_val value{record.size(), record.data()};
      right(mdb_put(transaction, table, &name, &value, MDB_APPEND));
    }
    right(mdb_txn_commit(transaction));
  });
  mdb_env_close(store);
  return {sample, {}};
}
#endif

}  // namespace lamplight::bench
