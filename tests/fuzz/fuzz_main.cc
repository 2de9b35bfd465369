// One program a target: RELAY_FUZZ_TARGET is one of the functions of targets.h.
#include <cstddef>

#include "fuzz/targets.h"

// The name that libFuzzer calls.
// NOLINTNEXTLINE(readability-identifier-naming): not ours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  relay::RELAY_FUZZ_TARGET({data, size});
  return 0;
}
