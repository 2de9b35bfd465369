// The traps of the double: what was measured to go wrong around a CrateDB 6.4.3 that is loaded,
// starting or killed. They cannot be switched on in a real server.
#include "crate_double/double_fixture.h"

namespace relay {
namespace {

class CrateFaultsTest : public CrateDoubleTest {
 protected:
  CrateFaultsTest() : CrateDoubleTest(Server::stand_in), ours_(double_.uri()) {}

  CrateClient ours_;
};

// "What changes the design", 1: with a second Sync in flight the answers change places.
TEST_F(CrateFaultsTest, ASecondSyncInFlightMixesTheAnswersUp) {
  ours_.prepare("d", kDelete);
  ours_.prepare("s", R"(SELECT 'a text that makes this answer the longer one')");
  PQenterPipelineMode(ours_.raw());
  PQsetnonblocking(ours_.raw(), 1);
  const char* key = "x";
  PQsendQueryPrepared(ours_.raw(), "s", 0, nullptr, nullptr, nullptr, 0);
  PQpipelineSync(ours_.raw());
  PQsendQueryPrepared(ours_.raw(), "d", 1, &key, nullptr, nullptr, 0);
  PQpipelineSync(ours_.raw());
  while (PQflush(ours_.raw()) > 0) {
  }
  PQsetnonblocking(ours_.raw(), 0);
  PGresult* first = PQgetResult(ours_.raw());
  EXPECT_NE(PQresultStatus(first), PGRES_TUPLES_OK) << "the delete is answered first";
  PQclear(first);
}

// "What changes the design", 9: a shard that is not there makes the count low, once.
TEST_F(CrateFaultsTest, ALostShardIsALowCount) {
  double_.set_traps([](CrateTraps& traps) { traps.rows_lost_once = 1; });
  EXPECT_EQ(unnest({{"a", "{}"}, {"b", "{}"}}), "INSERT 0 1");
  EXPECT_EQ(unnest({{"a", "{}"}, {"b", "{}"}}), "INSERT 0 2");
}

// "What changes the design", 10: an error does not mean that nothing was written.
TEST_F(CrateFaultsTest, AnErrorLeavesPartOfTheRows) {
  double_.set_traps([](CrateTraps& traps) { traps.error_once = "Job killed"; });
  EXPECT_EQ(unnest({{"a", "{}"}, {"b", "{}"}}), "Job killed");
  EXPECT_EQ(client_.cell(R"(SELECT count(*) FROM "doc"."t")"), "1");
}

// "Counts and errors", by id and by query.
TEST_F(CrateFaultsTest, AFreshRowIsThereForItsKeyOnly) {
  double_.set_traps([](CrateTraps& traps) { traps.hides_fresh_rows = true; });
  EXPECT_EQ(ours_.run(kValues, {"a", "{}"}), "INSERT 0 1");
  EXPECT_EQ(ours_.cell(R"(SELECT "oid" FROM "doc"."t" WHERE "oid" = $1)", {"a"}), "a");
  EXPECT_EQ(ours_.cell(R"(SELECT count(*) FROM "doc"."t")"), "0");
  EXPECT_EQ(ours_.run(R"(DELETE FROM "doc"."t" WHERE "oid" = ANY($1))", {"{a}"}), "DELETE 0");
  EXPECT_EQ(ours_.run(R"(REFRESH TABLE "doc"."t")"), "REFRESH 1");
  EXPECT_EQ(ours_.cell(R"(SELECT count(*) FROM "doc"."t")"), "1");
}

// What a real server said for some seconds after its start, of users that it has.
TEST_F(CrateFaultsTest, AfterAStartAUserIsUnknownForAMoment) {
  double_.set_traps([](CrateTraps& traps) { traps.refused_login_count = 1; });
  const CrateClient refused(double_.uri());
  EXPECT_FALSE(refused.is_connected());
  EXPECT_NE(std::string(PQerrorMessage(refused.raw())).find("password authentication failed"),
            std::string::npos);
  EXPECT_TRUE(CrateClient(double_.uri()).is_connected());
}

// "What changes the design", 6: after a start tables are unknown for a moment.
TEST_F(CrateFaultsTest, AfterAStartATableIsUnknownForAMoment) {
  double_.kill();
  EXPECT_EQ(ours_.run("SELECT 1"), "closed");
  double_.start();
  CrateClient again(double_.uri());
  EXPECT_EQ(again.run(kDelete, {"a"}), "42P01 Relation 'doc.t' unknown");
  EXPECT_EQ(again.run(kDelete, {"a"}), "DELETE 0");
}

// The same of a table in another schema: it is the schema that is unknown.
TEST_F(CrateFaultsTest, AfterAStartASchemaIsUnknownForAMoment) {
  EXPECT_EQ(ours_.run("CREATE TABLE other.t (a bigint)"), "CREATE 1");
  double_.set_traps([](CrateTraps& traps) { traps.unknown_count = 1; });
  EXPECT_EQ(ours_.run("DELETE FROM other.t"), "3F000 Schema 'other' unknown");
  EXPECT_EQ(ours_.run("DROP TABLE other.t"), "DROP 1");
}

// "SIGKILL of the server": the batch in flight is there in part, what was acknowledged is there.
TEST_F(CrateFaultsTest, ADeathLeavesPartOfTheBatch) {
  EXPECT_EQ(unnest({{"a", "{}"}}), "INSERT 0 1");
  double_.set_traps([](CrateTraps& traps) { traps.dies_after_rows = 1; });
  EXPECT_EQ(unnest({{"b", "{}"}, {"c", "{}"}}), "closed");
  EXPECT_TRUE(double_.is_dead());
  EXPECT_FALSE(CrateClient(double_.uri()).is_connected());
  double_.start();
  double_.set_traps([](CrateTraps& traps) { traps.unknown_count = 0; });
  CrateClient again(double_.uri());
  EXPECT_EQ(again.cell(R"(SELECT count(*) FROM "doc"."t")"), "2");
}

}  // namespace
}  // namespace relay
