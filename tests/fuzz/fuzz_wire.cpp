// Control parts and delivery bodies of the bus, from either side: no input may crash, read beyond its end or loop.

#include <vector>

#include "bus/body.hpp"
#include "bus/wire.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lamplight;
  if (size == 0) return 0;
  const Bytes input{data + 1, size - 1};
  if (data[0] % 3 == 0) {
    const auto message = bus::wire::decode_client(input);
    // What reads must read again from what we would write.
    if (message)
      LAMPLIGHT_CHECK(bus::wire::decode_client(as_bytes(bus::wire::encode(*message))).ok(),
                      "it reads again");
  } else if (data[0] % 3 == 1) {
    const auto message = bus::wire::decode_bus(input);
    if (message)
      LAMPLIGHT_CHECK(bus::wire::decode_bus(as_bytes(bus::wire::encode(*message))).ok(),
                      "it reads again");
  } else {
    std::vector<Event> events;
    (void)bus::read_body(input, events);
  }
  return 0;
}
