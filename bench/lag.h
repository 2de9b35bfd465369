// The lag that the relay adds at a steady rate, measured from outside.
#pragma once

#include <cstdint>
#include <string>

namespace relay {

struct LagRun {
  std::string source_uri;
  std::string target_uri;
  std::string database;
  std::uint32_t events_per_second = 0;
  std::uint32_t seconds = 0;  // How long is measured; one more second before it is not.
  std::uint32_t document_bytes = 0;
};

// Inserts documents one by one at an even pace while a relay that is not our business writes them
// to yard.rows. Notes when each is about to be written, when a reader of the same stream has it in
// hand, and when the target tells a listener that its row is committed (channel "arrived", payload
// "LOWEST HIGHEST" key; bench/run makes the trigger that does so). Prints one line of JSON.
int measure_lag(const LagRun& run);

}  // namespace relay
