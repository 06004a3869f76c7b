#pragma once

#include <span>
#include <string>

#include "model/describe.hpp"

/// The documentation of a described type, for people.
namespace lamplight::schema_table {

/// A Markdown page: fields in wire order, then the code lists.
[[nodiscard]] std::string markdown(const CodeLists& codes, std::span<const FieldInfo> fields);

}  // namespace lamplight::schema_table
