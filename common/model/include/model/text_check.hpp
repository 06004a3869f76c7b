#pragma once

#include <string>
#include <string_view>

#include "model/code_lists.hpp"
#include "model/describe.hpp"

namespace lamplight {

/// What a text says of its field's rule.
struct TextCheck {
  std::string_view
      broken;          ///< the stable name of the rule that it breaks; empty: it keeps all of them
  std::string hint;    ///< what to do about it; never the text itself
  bool listed = true;  ///< false: a code that its list does not hold and that is open to others
};

/// Holds one text from outside, valid UTF-8, against the rule of its field, as ItemParser does with a sender's item: for
/// edges whose JSON is no item. Of a rule of a token, a reference or the codes of a list.
[[nodiscard]] TextCheck check_text(const Rule& rule, std::string_view text, const CodeLists& codes);

}  // namespace lamplight
