#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace lamplight::tally {

/// First i in 0..n for which `before(i)` is false, by halving: `before` holds up to some i and never again.
template <typename Before>
[[nodiscard]] std::size_t first_after(std::size_t n, Before&& before) {
  std::size_t low = 0;
  std::size_t high = n;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (before(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/// The first `size()` elements of an AppendOnly, as they were when the view was taken. Cheap to copy; reads need no lock
/// even while the owner appends: an element never changes once it is in, and a view looks at no later ones.
/// Threads: any, once it was handed over by something that orders memory (a queue, a mutex).
template <typename T, std::size_t kChunkBits>
class AppendOnlyView {
 public:
  AppendOnlyView() = default;
  AppendOnlyView(std::vector<std::shared_ptr<T[]>> chunks, std::size_t size)
      : chunks_(std::move(chunks)), size_(size) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const T& operator[](std::size_t i) const {
    return chunks_[i >> kChunkBits][i & ((std::size_t{1} << kChunkBits) - 1)];
  }

 private:
  std::vector<std::shared_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

/// A sequence that only grows, in chunks that never move, so that views of its past stay valid beside it.
/// Threads: one owner; views go anywhere.
template <typename T, std::size_t kChunkBits = 12>
class AppendOnly {
 public:
  using View = AppendOnlyView<T, kChunkBits>;

  AppendOnly() = default;
  AppendOnly(const AppendOnly&) = delete;
  AppendOnly& operator=(const AppendOnly&) = delete;

  void push_back(const T& value) {
    if ((size_ & kMask) == 0) chunks_.push_back(std::make_shared<T[]>(kMask + 1));
    chunks_[size_ >> kChunkBits][size_ & kMask] = value;
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const T& operator[](std::size_t i) const {
    return chunks_[i >> kChunkBits][i & kMask];
  }
  [[nodiscard]] View view() const { return {chunks_, size_}; }

 private:
  static constexpr std::size_t kMask = (std::size_t{1} << kChunkBits) - 1;
  std::vector<std::shared_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace lamplight::tally
