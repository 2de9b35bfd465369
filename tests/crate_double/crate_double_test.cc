// The double answers as was measured on CrateDB 6.4.3. Each test names what of it is held.
#include "crate_double/double_fixture.h"

namespace relay {
namespace {

// "Connection": ParameterStatus.
TEST_F(CrateDoubleTest, SaysItsVersionWithoutAQuestion) {
  EXPECT_EQ(std::string(PQparameterStatus(client_.raw(), "crate_version")).substr(0, 2), "6.");
  EXPECT_EQ(PQparameterStatus(client_.raw(), "in_hot_standby"), nullptr);
}

// "Connection": what is accepted, what is not in the grammar. The status says that a transaction
// has failed although there is none.
TEST_F(CrateDoubleTest, KnowsNoTransactions) {
  EXPECT_EQ(client_.run("BEGIN"), "BEGIN");
  EXPECT_EQ(client_.run("ROLLBACK").substr(0, 5), "42601");
  EXPECT_EQ(client_.run("SAVEPOINT a").substr(0, 5), "42601");
  EXPECT_EQ(client_.run("TRUNCATE TABLE doc.t").substr(0, 5), "42601");
  EXPECT_EQ(PQtransactionStatus(client_.raw()), PQTRANS_INERROR);
  EXPECT_EQ(client_.run("COMMIT"), "COMMIT");
  EXPECT_EQ(PQtransactionStatus(client_.raw()), PQTRANS_IDLE);
}

// "Counts and errors", UNNEST column: a bad row is only missing in the count.
TEST_F(CrateDoubleTest, AnUnnestLeavesBadRowsOutWithoutAWord) {
  EXPECT_EQ(unnest({{"a", R"({"n":1})"}, {"b", R"({"n":{"x":1}})"}, {"c", R"({"n":[1,"a"]})"}}),
            "INSERT 0 1");
  EXPECT_EQ(unnest({{"d", R"({"m":[1,"a"]})"}, {"e", R"({"m":[1]})"}}), "INSERT 0 1");
  EXPECT_EQ(document("e"), R"({"m":[1]})");
}

// Measured later: behind a row that brings a sub-column, rows of the same shard that exist already
// keep the object they had, and are counted. Other columns of theirs, and new rows, are right.
TEST_F(CrateDoubleTest, BehindANewSubColumnExistingRowsKeepTheirObjects) {
  EXPECT_EQ(unnest({{"a", R"({"n":1})"}, {"b", R"({"n":1})"}, {"c", R"({"n":1})"}}), "INSERT 0 3");
  EXPECT_EQ(unnest({{"a", R"({"n":2})"}, {"b", R"({"m":2})"}, {"c", R"({"n":2})"}, {"d", "{}"}}),
            "INSERT 0 4");
  EXPECT_EQ(document("a"), R"({"n":2})");
  EXPECT_EQ(document("b"), R"({"m":2})");
  EXPECT_EQ(document("c"), R"({"n":1})");
  EXPECT_EQ(document("d"), "{}");
  EXPECT_EQ(unnest({{"c", R"({"m":3})"}, {"a", R"({"m":3})"}}), "INSERT 0 2");
  EXPECT_EQ(document("c"), R"({"m":3})") << "the sub-column was there before";
}

// "Counts and errors": RETURNING lists exactly the rows that were written.
TEST_F(CrateDoubleTest, ReturningNamesTheRowsThatAreThere) {
  EXPECT_EQ(unnest({{"a", R"({"n":1})"}, {"b", R"({"n":true})"}}, R"( RETURNING "oid")"),
            "INSERT 0 1 a");
}

// "Counts and errors": one key several times, the last wins, all are counted.
TEST_F(CrateDoubleTest, AKeyTwiceInAnUnnestIsCountedTwice) {
  EXPECT_EQ(unnest({{"a", R"({"n":1})"}, {"a", R"({"n":2})"}}), "INSERT 0 2");
  EXPECT_EQ(document("a"), R"({"n":2})");
}

// "Counts and errors", VALUES: an error with its text, but for the mixed array: no rows, no error.
TEST_F(CrateDoubleTest, ASingleRowSaysWhy) {
  EXPECT_EQ(client_.run(kValues, {"a", R"({"n":1})"}), "INSERT 0 1");
  EXPECT_EQ(client_.run(kValues, {"b", R"({"n":true})"}).substr(0, 17), "XX000 Cannot cast");
  EXPECT_EQ(client_.run(kValues, {"c", R"({"m":[1,"a"]})"}), "INSERT 0 0");
}

// "Values": a fraction into an integer, without a word.
TEST_F(CrateDoubleTest, IntegersSwallowFractions) {
  EXPECT_EQ(client_.run(kValues, {"a", R"({"n":1})"}), "INSERT 0 1");
  EXPECT_EQ(client_.run(kValues, {"b", R"({"n":3.9})"}), "INSERT 0 1");
  EXPECT_EQ(document("b"), R"({"n":3})");
}

// "Counts and errors", bulk: -3 for what failed or is missing; alone it is 0.
TEST_F(CrateDoubleTest, ABulkAnswersMinusThree) {
  client_.prepare("v", kValues);
  client_.prepare("d", kDelete);
  EXPECT_EQ(
      client_.pipeline(
          {{"v", {"a", R"({"n":1})"}}, {"v", {"b", R"({"n":true})"}}, {"v", {"c", R"({"n":2})"}}}),
      (std::vector<std::string>{"INSERT 0 1", "INSERT 0 -3", "INSERT 0 1"}));
  EXPECT_EQ(client_.pipeline({{"d", {"a"}}, {"d", {"a"}}, {"d", {"x"}}}),
            (std::vector<std::string>{"DELETE 1", "DELETE -3", "DELETE -3"}));
  EXPECT_EQ(client_.pipeline({{"d", {"x"}}}), std::vector<std::string>{"DELETE 0"});
}

// "What changes the design", 3: grouped by text, so one key's statements change their order, and
// their answers change places (measured later).
TEST_F(CrateDoubleTest, StatementsOfOneKeyAreReorderedInsideASync) {
  client_.prepare("v", kValues);
  client_.prepare("d", kDelete);
  EXPECT_EQ(
      client_.pipeline({{"v", {"k", R"({"n":1})"}}, {"d", {"k"}}, {"v", {"k", R"({"n":2})"}}}),
      (std::vector<std::string>{"INSERT 0 1", "INSERT 0 1", "DELETE 1"}));
  EXPECT_EQ(document("k"), "") << "both inserts ran before the delete";
}

// "Counts and errors": a group that fails before it runs has an error for each statement, more than
// libpq has questions for; nothing of it was done.
TEST_F(CrateDoubleTest, AFailedPipelineHasSurplusErrors) {
  client_.prepare("v", kValues);
  const std::vector<std::string> answers = client_.pipeline(
      {{"v", {"a", R"({"n":1})"}}, {"v", {"NULL", R"({"n":1})"}}, {"v", {"c", R"({"n":1})"}}});
  ASSERT_EQ(answers.size(), 5U);
  EXPECT_EQ(answers[0], "XX000 A primary key value must not be NULL");
  EXPECT_EQ(answers[1], "aborted");
  EXPECT_EQ(answers[2], "aborted");
  EXPECT_EQ(answers[3].substr(0, 5), "XX000");
  EXPECT_TRUE(client_.is_connected());
  EXPECT_EQ(client_.cell(R"(SELECT count(*) FROM "doc"."t")"), "0");
}

// "Counts and errors": an UNNEST twice before one Sync.
TEST_F(CrateDoubleTest, AnUnnestIsNoBulk) {
  client_.prepare("u", kUnnest);
  const auto answers = client_.pipeline({{"u", {"{a}", "{}"}}, {"u", {"{b}", "{}"}}});
  EXPECT_EQ(answers.front(), "XX000 Bulk operation not supported for Insert");
}

// "Counts and errors": reads between writes that wait.
TEST_F(CrateDoubleTest, AReadBehindAWaitingWriteIsRefused) {
  client_.prepare("d", kDelete);
  client_.prepare("s", R"(SELECT "oid" FROM "doc"."t")");
  EXPECT_EQ(client_.pipeline({{"d", {"a"}}, {"s", {}}}).front(),
            "XX000 Only write operations are allowed in Batch statements");
}

// "Connection": a table has a sequence number a row, and an update that names another changes none.
TEST_F(CrateDoubleTest, AnUpdateUnderAnotherSequenceNumberChangesNothing) {
  EXPECT_EQ(client_.run(kValues, {"a", R"({"n":1})"}), "INSERT 0 1");
  const std::string seq = client_.cell(R"(SELECT _seq_no FROM "doc"."t" WHERE "oid" = $1)", {"a"});
  const std::string sql = R"(UPDATE "doc"."t" SET "data" = $2 WHERE "oid" = $1 AND _seq_no = )"
                          R"($3::bigint AND _primary_term = $4::bigint)";
  EXPECT_EQ(client_.run(sql, {"a", R"({"n":2})", seq, "1"}), "UPDATE 1");
  EXPECT_EQ(client_.run(sql, {"a", R"({"n":3})", seq, "1"}), "UPDATE 0");
}

// "Connection": the catalogue lists sub-columns by their path.
TEST_F(CrateDoubleTest, TheCatalogueKnowsSubColumns) {
  EXPECT_EQ(client_.run(kValues, {"a", R"({"n":{"m":[1]}})"}), "INSERT 0 1");
  EXPECT_EQ(client_.cell("SELECT data_type FROM information_schema.columns WHERE table_schema = "
                         "'doc' AND table_name = 't' AND column_name = 'data[''n''][''m'']'"),
            "bigint_array");
}

// Measured later: there is `=` for a uuid, but neither `>` nor a cast to text; what format() makes
// of it has both.
TEST_F(CrateDoubleTest, UuidsHaveNoOrder) {
  client_.run(R"(DROP TABLE IF EXISTS "doc"."u")");
  EXPECT_EQ(client_.run(R"(CREATE TABLE "doc"."u" ("id" UUID PRIMARY KEY))"), "CREATE 1");
  const std::string key = "00112233-4455-6677-8899-aabbccddeeff";
  EXPECT_EQ(client_.run(R"(SELECT "id" FROM "doc"."u" WHERE "id" > $1)", {key}).substr(0, 5),
            "0A000");
  EXPECT_EQ(client_.run(R"(SELECT "id" FROM "doc"."u" WHERE "id"::text > $1)", {key}).substr(0, 5),
            "XX000");
  EXPECT_EQ(client_.run(R"(SELECT "id" FROM "doc"."u" WHERE format('%s', "id") > $1)", {key}),
            "SELECT 0");
}

}  // namespace
}  // namespace relay
