#include "e2e/comparison.h"

#include <vector>

#include "e2e/expected_row.h"

namespace relay {
namespace {

// Text is compared, because to jsonb 1 and 1.0 are equal.
constexpr char kDifferences[] = R"(
  SELECT coalesce(e.oid, t.oid),
         CASE WHEN t.oid IS NULL THEN 'missing' WHEN e.oid IS NULL THEN 'extra' ELSE 'differs' END
  FROM expected AS e FULL JOIN %table% AS t USING (oid)
  WHERE e.data::text IS DISTINCT FROM t.data::text AND coalesce(e.oid, t.oid) NOT IN (SELECT oid FROM excepted)
  ORDER BY 1)";

constexpr std::size_t kShown = 10;

}  // namespace

testing::AssertionResult is_equal(MongoClient& source,
                                  const std::string& collection,
                                  PgSession& target,
                                  const std::string& table,
                                  const std::set<std::string>& except) {
  std::vector<std::pair<std::string, std::string>> expected;
  source.visit_all(collection, [&](const Bson& document) {
    std::string key = expected_key(*document.get());
    if (!except.contains(key))
      expected.emplace_back(std::move(key), expected_json(*document.get()));
  });
  std::vector<std::pair<std::string, std::string>> excepted;
  for (const std::string& key : except)
    excepted.emplace_back(key, "null");
  target.run(
      "DROP TABLE IF EXISTS expected, excepted; CREATE TEMP TABLE expected (oid text, data jsonb); "
      "CREATE TEMP TABLE excepted (oid text, data jsonb)");
  target.fill("expected", expected);
  target.fill("excepted", excepted);
  std::string sql = kDifferences;
  sql.replace(sql.find("%table%"), 7, table);
  const std::vector<Cells> differences = target.rows(sql);
  if (differences.empty()) {
    return testing::AssertionSuccess() << expected.size() << " rows are equal";
  }
  auto failure = testing::AssertionFailure()
                 << differences.size() << " differences among " << expected.size() << " documents:";
  for (std::size_t i = 0; i < differences.size() && i < kShown; ++i) {
    failure << " " << *differences[i][1] << " " << *differences[i][0];
  }
  return failure;
}

}  // namespace relay
