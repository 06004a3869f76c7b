#pragma once

#include <span>
#include <string>

#include "model/describe.hpp"

/// The documentation of a described type, for people.
namespace lamplight::schema_table {

struct Type {
  std::string title;
  std::string subject;
  std::uint32_t version = 1;
  std::span<const FieldInfo> fields;
  bool posted = false;  ///< by senders, over HTTP
};

/// A Markdown page: fields in wire order, then the code lists that they use.
[[nodiscard]] std::string markdown(const CodeLists& codes, const Type& type);

}  // namespace lamplight::schema_table
