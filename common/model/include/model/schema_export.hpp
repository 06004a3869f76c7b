#pragma once

#include <map>
#include <string>

namespace lamplight {

/// The generated files of schemas/, by name: JSON Schemas (draft 2020-12) and the documentation of every described type,
/// made from the descriptions and the built-in code lists. `lamplight schema --write|--check` keeps the folder equal.
/// What a schema cannot say stays with the parser: bytes instead of characters, repeated names and numbers, nested
/// personal fields, rules between fields.
[[nodiscard]] std::map<std::string, std::string> generated_schema_files();

}  // namespace lamplight
