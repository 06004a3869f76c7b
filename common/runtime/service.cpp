#include "runtime/service.hpp"

namespace lamplight::runtime {

Told tell_process(const Root& root, const std::string& service, ServiceMetrics& metrics) {
  Told out;
  out.ready_changed = [root, service, &metrics](const std::string& why_not) {
    root.health.set_ready(service, why_not);
    metrics.set_ready(why_not.empty());
  };
  out.failed = [root, service](const Error& error) {
    root.health.set_failed(service, error.message());
    root.fail(error);
  };
  return out;
}

}  // namespace lamplight::runtime
