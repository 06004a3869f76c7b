#include "identity/first_start.hpp"

#include <algorithm>

namespace lamplight::identity {

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "localhost";
}

Result<void> may_listen(Disk& disk, const std::string& data_folder, const std::string& address,
                        std::string_view setting) {
  if (is_loopback(address)) return {};
  const auto names = disk.list(data_folder + "/secrets");
  if (!names && names.error().code() != Code::kNotFound) return names.error();
  const bool any = names.ok() && std::any_of(names->begin(), names->end(), [](const auto& name) {
                     return name.ends_with(".key");
                   });
  if (any) return {};
  return Error(Code::kForbidden, std::string(setting) + " = " + address + ": " + data_folder +
                                     "/secrets holds no key yet, so nothing but loopback is bound; "
                                     "run `lamplight init` on this data folder first");
}

}  // namespace lamplight::identity
