#include "bus/context.hpp"

#include <zmq.hpp>

namespace lamplight::bus {

struct Context::Impl {
  zmq::context_t context{1};
};

Context::Context() : impl_(std::make_unique<Impl>()) {}
Context::~Context() = default;
void* Context::native() { return &impl_->context; }

}  // namespace lamplight::bus
