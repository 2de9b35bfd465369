// Yardsticks for bench/run: what the relay is measured against, each alone. The usage says what
// each does.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <mongoc/mongoc.h>

#include "backlog.h"
#include "lag.h"
#include "loader.h"
#include "readers.h"

namespace relay {
namespace {

constexpr char kUsage[] =
    R"(yardstick initiate PORT
    makes a fresh mongod a replica set; fails until it is a primary
yardstick fill SOURCE DB EVENTS BYTES UPDATE_SHARE
    makes a backlog and prints the time at which it begins
yardstick drain SOURCE DB SECONDS plain|look-up|update-lookup [EVENTS]
    reads the backlog and throws it away; look-up: changed documents in batches; update-lookup: by
    the server, until EVENTS are seen
yardstick load SOURCE DB SECONDS TARGET copy|keyed-copy|unnest|crate [MAPPING_FILE]
    writes the rows of the backlog, as often as standard input orders it; with a mapping file (and
    unnest) in its columns; crate: as unnest, for CrateDB, inserts only
yardstick lag SOURCE DB TARGET EVENTS_PER_SECOND SECONDS BYTES
    writes evenly and notes when the events reach a reader, and the target
SOURCE, TARGET: URIs. SECONDS: cluster time of the backlog. Each prints one line of JSON, with its own
wall and CPU seconds, without start-up.
)";

struct Arguments {
  std::vector<std::string> words;
  [[nodiscard]] const std::string& at(std::size_t i) const {
    if (i >= words.size()) fail("too few arguments\n" + std::string(kUsage));
    return words[i];
  }
  [[nodiscard]] std::uint32_t number(std::size_t i) const {
    return static_cast<std::uint32_t>(std::stoul(at(i)));
  }
  [[nodiscard]] StreamStart stream() const { return {at(1), at(2), {number(3), 0}}; }
};

int run_drain(const Arguments& args) {
  const std::string& mode = args.at(4);
  if (mode == "update-lookup") return drain_update_lookup(args.stream(), args.number(5));
  return drain(args.stream(), mode == "plain" ? Fetching::nothing : Fetching::batches);
}

int run_load(const Arguments& args) {
  const std::string& mode = args.at(5);
  return load(args.stream(),
              {.uri = args.at(4),
               .method = mode == "copy"         ? LoadMethod::copy
                         : mode == "keyed-copy" ? LoadMethod::keyed_copy
                         : mode == "crate"      ? LoadMethod::crate
                                                : LoadMethod::upsert,
               .mapping_file = args.words.size() > 6 ? args.at(6) : ""});
}

int run(const Arguments& args) {
  const std::string& command = args.at(0);
  if (command == "initiate") return initiate(args.at(1));
  if (command == "fill") {
    return fill({.source_uri = args.at(1),
                 .database = args.at(2),
                 .events = args.number(3),
                 .document_bytes = args.number(4),
                 .update_share = std::stod(args.at(5))});
  }
  if (command == "drain") return run_drain(args);
  if (command == "load") return run_load(args);
  if (command == "lag") {
    return measure_lag({.source_uri = args.at(1),
                        .target_uri = args.at(3),
                        .database = args.at(2),
                        .events_per_second = args.number(4),
                        .seconds = args.number(5),
                        .document_bytes = args.number(6)});
  }
  fail("a command that is not known\n" + std::string(kUsage));
}

}  // namespace
}  // namespace relay

int main(int argc, char** argv) {
  mongoc_init();
  try {
    return relay::run({{argv + 1, argv + argc}});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}
