#pragma once

#include <string>
#include <string_view>

#include "base/env.hpp"
#include "base/result.hpp"

/// What holds before anybody has a key here.
namespace lamplight::identity {

/// 127.0.0.0/8, ::1, localhost.
[[nodiscard]] bool is_loopback(std::string_view address);

/// Whether a service of that data folder may listen at `address`: on loopback always, elsewhere only once the folder's `secrets/`
/// hold a key. Errors: kForbidden, naming `setting` (the configuration's key), address and the command that makes one; kIo.
[[nodiscard]] Result<void> may_listen(Disk& disk, const std::string& data_folder,
                                      const std::string& address,
                                      std::string_view setting = "http.address");

}  // namespace lamplight::identity
