#include "sim/trace.hpp"

namespace lamplight::sim {

void Trace::take() {
  text_.push_back('\n');
  ++lines_;
  for (const char c : text_) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  if (out_ != nullptr) (void)std::fwrite(text_.data(), 1, text_.size(), out_);
}

}  // namespace lamplight::sim
