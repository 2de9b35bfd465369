// Loader of the backlog's rows: what the relay's target costs when the rows are ready in memory.
#pragma once

#include <string>

#include "readers.h"

namespace relay {

enum class LoadMethod {
  copy,        // COPY only, into a table without a key: a ceiling is a ceiling.
  keyed_copy,  // COPY only, into the table as the relay makes it; every key may come once only.
  upsert,      // The relay's statement.
  crate,       // The relay's statement for CrateDB, 5,000 rows of it at a time.
};

struct LoadTarget {
  std::string uri;
  LoadMethod method = LoadMethod::upsert;
  std::string mapping_file{};  // Columns of the table, for upserts; empty: JSON alone.
};

// Reads the stream once and keeps its rows, then obeys standard input, line by line: "prepare"
// makes the table anew and says "ready", "go" fills it, on PostgreSQL a transaction for each reply
// of the stream, and prints the figures. Ends with the input.
int load(const StreamStart& start, const LoadTarget& target);

}  // namespace relay
