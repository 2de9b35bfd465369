// What kind of file it is, and how it becomes a current state file. For this folder only.
//
// The header of the file says so: application_id is ours, user_version counts the migrations done.
// Nothing is written to a file before it is known to be ours or empty.
#pragma once

#include <cstdint>

#include "checkpoint/sqlite_connection.h"
#include "core/result.h"

namespace relay {

// "rly1", in the four bytes at offset 68 of the file.
inline constexpr std::int64_t kStoreApplicationId = 0x726c7931;

// The user_version after the last migration.
std::int64_t store_schema_version();

// Refuses (store_failed) what is not ours, newer than we are or damaged; then migrates.
Status prepare_store(SqliteConnection& connection);

}  // namespace relay
