// Bookkeeping: schema `relay` of the target with its tables. Private to apply/.
#pragma once

#include "apply/pg_connection.h"
#include "apply/pg_error.h"
#include "apply/setup_outlook.h"
#include "core/result.h"

namespace relay {

// Makes what is missing, in one transaction. Several relays may do it at once.
Status create_bookkeeping(PgConnection& connection);

// What create_bookkeeping() would do, or why it could not. Writes nothing.
Result<SetupOutlook> look_at_bookkeeping(PgConnection& connection);

// True for the errors of two sessions that create the same thing at once, in spite of IF NOT
// EXISTS: the loser finds it there when it looks again.
bool is_creation_race(const PgFailure& failure);

}  // namespace relay
