#pragma once

#include "base/logging.hpp"

namespace lamplight::simtest {

/// Hundreds of crashes a second are nobody's log lines; the trace tells them.
inline void be_quiet() { logging::init("off"); }

}  // namespace lamplight::simtest
