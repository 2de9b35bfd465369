#include "e2e/copy_gate.h"

#include "e2e/relay_process.h"
#include "support/wait_until.h"

namespace relay {

CopyGate::CopyGate(PgSession& target, const std::string& postgres_uri, const std::string& key)
    : holder_(postgres_uri) {
  target.create_mirror("sales.orders");
  holder_.run(
      "CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$"
      "  BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$;"
      "CREATE TRIGGER gate BEFORE INSERT ON sales.orders FOR EACH ROW WHEN (NEW.oid = '" +
      key + "') EXECUTE FUNCTION wait_at_gate()");
  holder_.run("SELECT pg_advisory_lock(1)");
}

bool CopyGate::wait_until_held() {
  return wait_until(kPatience, [&] {
    return holder_.cell(
               "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON database = "
               "pg_database.oid WHERE datname = current_database() AND locktype = 'advisory' AND "
               "NOT granted)") == "t";
  });
}

void CopyGate::open() {
  holder_.run("SELECT pg_advisory_unlock(1)");
}

}  // namespace relay
