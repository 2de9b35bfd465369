#include "e2e/crate_fixture.h"

#include <map>

#include <nlohmann/json.hpp>

#include "crate_double/document_check.h"
#include "e2e/expected_row.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using Json = nlohmann::json;

std::string canonical(const Bson& document) {
  std::size_t size = 0;
  char* const text = bson_as_canonical_extended_json(document.get(), &size);
  std::string copy(text, size);
  bson_free(text);
  return copy;
}

}  // namespace

CrateRelayTest::CrateRelayTest(Use use)
    : is_real_(use == Use::kills ? RealCrate::ours() != nullptr : RealCrate::is_given()),
      double_({.backend_uri = target_uri(), .unknown_after_start = 3}),
      crate_(crate_uri("postgresql")) {
  for (const char* table :
       {"sales.orders", "sales.log", "relay.checkpoint", "relay.snapshot", "relay.dead_letter"})
    crate_.run(std::string("DROP TABLE IF EXISTS ") + table);
}

void CrateRelayTest::kill_crate() {
  if (is_real_) {
    RealCrate::ours()->kill();
  } else {
    double_.kill();
  }
}

void CrateRelayTest::restart_crate() {
  if (is_real_) {
    RealCrate::ours()->start();
  } else {
    double_.start();
  }
}

Arguments CrateRelayTest::crate_command(const Arguments& more) const {
  Arguments all{"cdc-relay",
                "--source",
                mongo().uri(),
                "--target",
                crate_uri(),
                "--table",
                database() + ".orders=sales.orders",
                "--set",
                "ha.lease=1s"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string CrateRelayTest::look(const std::string& sql, const std::string& table) {
  crate_.run("REFRESH TABLE " + table);
  return crate_.cell(sql);
}

testing::AssertionResult CrateRelayTest::is_whole() {
  crate_.run("REFRESH TABLE sales.orders");
  std::map<std::string, Cells> rows;
  for (Cells& row : crate_.rows("SELECT oid, data, overflow FROM sales.orders"))
    rows[row.at(0).value_or("")] = std::move(row);
  std::size_t document_count = 0;
  std::string problem;
  source_.visit_all("orders", [&](const Bson& document) {
    ++document_count;
    const std::string key = expected_key(*document.get());
    const auto row = rows.find(key);
    if (row == rows.end()) {
      problem = key + " is missing";
      return;
    }
    const Json overflow = row->second.at(2) ? Json::parse(*row->second.at(2)) : Json(nullptr);
    const std::string change = find_change(
        Json::parse(canonical(document)), Json::parse(row->second.at(1).value_or("")), overflow);
    if (!change.empty()) problem = key + change;
  });
  if (!problem.empty()) return testing::AssertionFailure() << problem;
  if (rows.size() != document_count)
    return testing::AssertionFailure()
           << rows.size() << " rows, " << document_count << " documents";
  return testing::AssertionSuccess() << document_count << " documents";
}

testing::AssertionResult CrateRelayTest::wait_until_whole() {
  testing::AssertionResult last = testing::AssertionFailure() << "no table";
  wait_until(kPatience, [&] {
    const std::string tables = crate_.cell(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'sales' AND "
        "table_name = 'orders'");
    if (tables != "1") return false;
    last = is_whole();
    return static_cast<bool>(last);
  });
  return last;
}

}  // namespace relay
