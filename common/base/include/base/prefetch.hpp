#pragma once

namespace lamplight {

/// Asks the processor for the memory at `at`, any address, so that a read soon after need not wait. Changes nothing.
inline void prefetch(const void* at) {
  __builtin_prefetch(at, 1);
  // Else GCC 12 finds that whoever calls this has no effect, and leaves the call of that function out.
  __asm__ volatile("" : : "r"(at));
}

}  // namespace lamplight
