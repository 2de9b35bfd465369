// The sink of target.uri, whatever the server turns out to be: PostgreSQL or CrateDB. Found out by
// the first open(); a server that changes its nature later is refused.
#pragma once

#include <memory>

#include "apply/postgres_sink.h"
#include "apply/sink.h"

namespace relay {

// config_invalid: several relays that take turns, on a target where that is not built yet.
Status check_turns(TargetKind target, bool takes_turns);

// Does not connect: open() does.
std::unique_ptr<Sink> make_target_sink(const PostgresSink::Options& options);

}  // namespace relay
