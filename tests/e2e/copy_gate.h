// CopyGate: holds the copy of sales.orders at one row, so that a test finds the relay in the middle
// of a snapshot, however fast the machine is.
//
// The table is made beforehand, as the relay would make it, with a trigger that waits for a lock.
#pragma once

#include <string>

#include "e2e/pg_session.h"

namespace relay {

class CopyGate {
 public:
  // Nothing gets past the row with that key until open(). `target`: as the relay sees it;
  // `postgres_uri`: of the same, or of what stands behind it.
  CopyGate(PgSession& target, const std::string& postgres_uri, const std::string& key);

  // False: nobody came in time.
  bool wait_until_held();
  // What waits goes on, and nothing waits any more.
  void open();

 private:
  PgSession holder_;
};

}  // namespace relay
