// RelayRun: one run of cdc-relay: the four seams made from settings, the pipeline, and the main
// thread that waits for signals and shows progress.
#pragma once

#include "config/settings.h"
#include "core/exit_codes.h"
#include "pipeline/read_stage.h"

namespace relay {

// Returns when the relay has ended. Call block_signals() before.
ExitCode run_relay(const Settings& settings, RunMode mode);

}  // namespace relay
