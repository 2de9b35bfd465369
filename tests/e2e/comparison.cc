#include "e2e/comparison.h"

#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "crate_double/document_check.h"
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

// Every document is in its row without a change, in one of the two columns or both.
testing::AssertionResult is_equal_on_crate(MongoClient& source,
                                           const std::string& collection,
                                           PgSession& target,
                                           const std::string& table,
                                           const std::set<std::string>& except) {
  using Json = nlohmann::json;
  std::map<std::string, Cells> rows;
  for (Cells& row : target.rows("SELECT oid, data, overflow FROM " + table)) {
    const std::string key = row.at(0).value_or("");
    if (!except.contains(key)) rows[key] = std::move(row);
  }
  std::size_t equal_count = 0;
  std::string differences;
  source.visit_all(collection, [&](const Bson& document) {
    const std::string key = expected_key(*document.get());
    if (except.contains(key)) return;
    const auto row = rows.find(key);
    if (row == rows.end()) {
      differences += " missing " + key;
      return;
    }
    const Json overflow = row->second.at(2) ? Json::parse(*row->second.at(2)) : Json(nullptr);
    const std::string change = find_change(Json::parse(document.canonical_text()),
                                           Json::parse(row->second.at(1).value_or("")),
                                           overflow);
    if (!change.empty()) differences += " differs " + key + change;
    rows.erase(row);
    ++equal_count;
  });
  for (const auto& [key, row] : rows)
    differences += " extra " + key;
  if (differences.empty()) return testing::AssertionSuccess() << equal_count << " rows are equal";
  constexpr std::size_t kBytesShown = 2'000;
  return testing::AssertionFailure() << differences.substr(0, kBytesShown);
}

}  // namespace

testing::AssertionResult is_equal(MongoClient& source,
                                  const std::string& collection,
                                  PgSession& target,
                                  const std::string& table,
                                  const std::set<std::string>& except) {
  if (target.dialect() == Dialect::cratedb)
    return is_equal_on_crate(source, collection, target, table, except);
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
