#include "item_reading.hpp"

namespace lamplight {

template class ItemParser<ClearanceOrdered>;
template class ItemParser<ClearanceReported>;
template class ItemParser<CaseReported>;
template class ItemParser<PersonReported>;
template class ItemParser<HazardReported>;
template class ItemParser<FigureDeclared>;

}  // namespace lamplight
