#pragma once

#include "base/env.hpp"

namespace lamplight {

/// The real clock, disk and randomness. Named only in composition roots and tests of real files.
class ProductionEnv {
 public:
  ProductionEnv();
  ~ProductionEnv();
  ProductionEnv(const ProductionEnv&) = delete;
  ProductionEnv& operator=(const ProductionEnv&) = delete;
  [[nodiscard]] Env env();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace lamplight
