#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "model/event.hpp"
#include "model/inner_descriptions.hpp"
#include "model/msgpack_reader.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::console {

/// What became of something that was asked of the inner loop.
struct Request {
  Id16 id;        ///< of its event
  Offset offset;  ///< of its event
  TimeUs time;    ///< of its event
  std::optional<Id16>
      key;  ///< by which a repeat is known; nothing: asked without an Idempotency-Key
  std::string actor;
  std::string ask;                   ///< settlement, assessment, …
  Offset answer;                     ///< 0: none yet
  std::string rule;                  ///< that it broke; empty unless refused
  Id16 case_id;                      ///< of the answer; zero: none
  std::int64_t version = 0;          ///< of the case, as the answer told
  std::string state;                 ///< likewise
  std::vector<std::string> allowed;  ///< of a refusal: what may be asked instead

  [[nodiscard]] bool answered() const { return answer != Offset{}; }
  [[nodiscard]] bool refused() const { return !rule.empty(); }
};

/// The newest requests on the log and their answers: the event whose cause is theirs. Deterministic; part of a fold.
class Requests {
 public:
  static constexpr std::size_t kKept = 65'536;

  void evolve(const Event& event);
  void save(MsgpackWriter& out) const;
  void load(MsgpackReader& in);

  /// Null: not on the log, or so long ago that it is forgotten.
  [[nodiscard]] const Request* by_id(const Id16& id) const;
  [[nodiscard]] const Request* by_offset(Offset offset) const;
  /// The one that a repeat with this key is a repeat of, within the bus's dedupe window before `now`.
  [[nodiscard]] const Request* by_key(const Id16& key, TimeUs now) const;

 private:
  void add(Request request);
  [[nodiscard]] Request* at(Offset offset);

  std::deque<Request> requests_;  ///< by offset
  std::unordered_map<Id16, Offset> by_id_;
  std::unordered_map<Id16, Offset> by_key_;  ///< the newest of each key
};

}  // namespace lamplight::console
