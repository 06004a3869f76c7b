#pragma once

#include <memory>

#include "base/ids.hpp"

namespace lamplight {

[[nodiscard]] ChainHash sha256(Bytes bytes);

/// SHA-256 over pieces. Threads: one.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(Bytes bytes);
  [[nodiscard]] ChainHash finish();  ///< resets for the next use

 private:
  void* context_;
};

}  // namespace lamplight
