// Collection against table, row by row, without any code of the relay.
#pragma once

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "e2e/mongo_client.h"
#include "e2e/pg_session.h"

namespace relay {

// Success when the table has exactly the collection's documents: the same keys, and what the server
// makes of the expected JSON is, printed, what it prints for the row. Keys in `except` may be
// anything. While both sides are quiet only.
testing::AssertionResult is_equal(MongoClient& source,
                                  const std::string& collection,
                                  PgSession& target,
                                  const std::string& table,
                                  const std::set<std::string>& except = {});

}  // namespace relay
