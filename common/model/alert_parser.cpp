#include "item_reading.hpp"

namespace lamplight {

// In a file of its own: beside the other six the compiler puts less of it into one piece, and alerts are the most frequent.
template class ItemParser<AlertReceived>;

}  // namespace lamplight
