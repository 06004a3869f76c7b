#pragma once

#include <string>

namespace lamplight::bench {

/// Clean pages of the folder's files leave the page cache: what is read next comes from the disk.
void forget_pages(const std::string& folder);

}  // namespace lamplight::bench
