#include "cold_pages.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

namespace lamplight::bench {

void forget_pages(const std::string& folder) {
  ::sync();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const int fd = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    (void)::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    ::close(fd);
  }
}

}  // namespace lamplight::bench
