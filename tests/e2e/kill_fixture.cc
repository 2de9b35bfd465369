#include "e2e/kill_fixture.h"

#include <cstdlib>
#include <iostream>
#include <thread>

#include "support/wait_until.h"

namespace relay {

int number_from_environment(const char* name, int default_value) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? default_value : std::atoi(text);
}

std::uint64_t choose_seed() {
  const char* text = std::getenv("RELAY_TEST_SEED");
  const std::uint64_t seed =
      text == nullptr || *text == '\0' ? std::random_device()() : std::strtoull(text, nullptr, 10);
  std::cout << "RELAY_TEST_SEED=" << seed << std::endl;
  return seed;
}

KillTest::KillTest() : seed_(choose_seed()), random_(seed_) {
  source_.run(R"({"create": "orders"})");
}

std::unique_ptr<RelayProcess> KillTest::start_relay() const {
  return start(command({"--set", "stream.start=" + begin_, "--set", "target.batch_rows=100"}));
}

WriterPlan KillTest::plan(const std::string& uri) const {
  return {.uri = uri, .database = database(), .collection = "orders", .seed = seed_};
}

void KillTest::pass_time(std::chrono::milliseconds longest) {
  std::uniform_int_distribution<std::int64_t> moment(0, longest.count() * 1'000);
  std::this_thread::sleep_for(std::chrono::microseconds(moment(random_)));
}

std::string KillTest::safe_token() {
  if (target_.cell("SELECT to_regclass('relay.checkpoint')").empty()) return "";
  return stored_token();
}

bool KillTest::wait_for_position_beyond(const std::string& token) {
  return wait_until(kPatience, [&] { return safe_token() > token; });
}

SequenceByKey KillTest::read_rows() {
  SequenceByKey rows;
  const std::vector<Cells> found = target_.rows(
      "SELECT oid, data->>'sequence', data->>'text', data->'nested'->>'sequence' FROM "
      "sales.orders");
  for (const Cells& row : found) {
    const std::int64_t key = std::stoll(*row.at(0));
    const std::int64_t sequence = std::stoll(*row.at(1));
    EXPECT_EQ(row.at(2), version_text(key, sequence)) << "a row of two versions";
    EXPECT_EQ(row.at(3), row.at(1)) << "a row of two versions";
    rows[key] = sequence;
  }
  EXPECT_EQ(rows.size(), found.size()) << "a document twice";
  return rows;
}

History KillTest::history_so_far() {
  source_.insert("markers", R"({"_id": )" + std::to_string(++marker_) + "}");
  return record_->up_to_marker(marker_, kPatience);
}

void KillTest::expect_promises_kept(const std::string& when) {
  if (safe_token().empty()) return;  // Killed before its first position: nothing is promised.
  target_.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  const std::string token = stored_token();
  const SequenceByKey rows = read_rows();
  target_.run("COMMIT");
  const std::vector<std::string> violations = find_violations(history_so_far(), token, rows);
  std::string all;
  for (const std::string& violation : violations)
    all += violation + "\n";
  EXPECT_TRUE(violations.empty()) << when << ", position " << token << ":\n" << all;
}

void KillTest::expect_equal_at_the_end(VersionWriters& writers) {
  writers.stop();
  const Ended last = run(once_command());
  EXPECT_EQ(last.exit_code, 0) << last.log;
  EXPECT_TRUE(orders_are_equal());
  std::size_t document_count = 0;
  source_.visit_all("orders", [&](const Bson&) { ++document_count; });
  EXPECT_EQ(row_count(), std::to_string(document_count));
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.checkpoint"), "1");
}

}  // namespace relay
