#include "folder_lock.hpp"

#include "base/logging.hpp"

namespace lamplight::runtime {

Result<std::unique_ptr<File>> lock_folder(Disk& disk, const std::string& folder) {
  const auto unlocked = [&folder](const Error& why) {
    logging::warning("folder not locked folder={} why=\"{}\"", folder, why.message());
    return std::unique_ptr<File>();
  };
  if (const auto made = disk.make_folder(folder); !made) return unlocked(made.error());
  auto lock = disk.lock(folder + "/lock");
  if (lock) return lock;
  if (lock.error().code() != Code::kExists) return unlocked(lock.error());
  return lock.error().with(
      "another instance runs on this data folder; give this one a data folder of its own (--data)");
}

}  // namespace lamplight::runtime
