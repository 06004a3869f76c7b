#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "http/problem.hpp"
#include "model/code_lists.hpp"
#include "model/inner_codes.hpp"
#include "model/msgpack_writer.hpp"

namespace lamplight::console {

/// What an officer says beside which case and which command: README.md's table tells which field belongs to which.
struct CommandBody {
  std::string risk;
  std::string severity;
  std::string assignee;
  std::string outcome;
  std::string reason;
  std::string petition;
  std::string area;
  std::vector<std::string> grounds;
  std::vector<std::string> parties;
};

/// Reads a body strictly: every broken rule is told with its field (32 at most), an unknown field is one, and so is one that is said twice; no
/// value is told. Keys and
/// numbers keep the rules of the request's description, as intake's items do, so that nothing which looks like a number of a
/// person gets onto the log. An empty text counts as `{}`.
struct ReadCommand {
  std::optional<CommandBody> body;
  std::optional<http::Problem> problem;
};
[[nodiscard]] ReadCommand read_command(inner::Ask ask, std::string_view json,
                                       const CodeLists& lists);

/// Who asks, about which case, knowing which version.
struct CommandHead {
  std::string_view actor;
  Id16 case_id;  ///< zero for a petition
  std::optional<std::int64_t> expected_version;
};
/// Subject of the request, and its payload appended to `out`.
std::string_view encode_command(inner::Ask ask, const CommandHead& head, const CommandBody& body,
                                MsgpackWriter& out);

}  // namespace lamplight::console
