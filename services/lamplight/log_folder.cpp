#include "log_folder.hpp"

namespace lamplight::cli {

Result<std::string> log_folder(const Program& program, Disk& disk, const std::string& given) {
  std::string folder = given;
  if (folder.empty()) {
    const auto config = program.load_config();
    if (!config) return config.error();
    folder = config->text("data.folder");
  }
  return disk.exists(folder + "/log") ? folder + "/log" : folder;
}

}  // namespace lamplight::cli
