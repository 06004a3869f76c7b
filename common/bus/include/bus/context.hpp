#pragma once

#include <memory>

namespace lamplight::bus {

/// The process's ZeroMQ context; inproc:// endpoints exist within one. Threads: any.
class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  /// The zmq::context_t, for bus/'s own files.
  [[nodiscard]] void* native();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lamplight::bus
