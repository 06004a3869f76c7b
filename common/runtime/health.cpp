#include "runtime/health.hpp"

namespace lamplight::runtime {

void Health::set_ready(const std::string& service, std::string reason_why_not) {
  const std::lock_guard lock(mutex_);
  not_ready_[service] = std::move(reason_why_not);
}

void Health::set_failed(const std::string& service, std::string reason) {
  const std::lock_guard lock(mutex_);
  failed_[service] = std::move(reason);
}

Health::View Health::live() const {
  const std::lock_guard lock(mutex_);
  View view;
  for (const auto& known : not_ready_) view.services[known.first] = "ok";
  for (const auto& broken : failed_) {
    view.ok = false;
    view.services[broken.first] = broken.second;
  }
  return view;
}

Health::View Health::ready() const {
  const std::lock_guard lock(mutex_);
  View view;
  for (const auto& known : not_ready_) {
    view.services[known.first] = known.second.empty() ? "ok" : known.second;
    if (!known.second.empty()) view.ok = false;
  }
  for (const auto& broken : failed_) {
    view.ok = false;
    view.services[broken.first] = broken.second;
  }
  return view;
}

}  // namespace lamplight::runtime
