#include "apply/row_isolator.h"

#include <set>

#include <gtest/gtest.h>

#include "apply/letter_key.h"
#include "mapping/table_mapping.h"

namespace relay {
namespace {

const TableMapping kOrders{.from = {"shop", "orders"}, .to = {"sales", "orders"}, .json = {}};
const TableMapping kUsers{.from = {"shop", "users"}, .to = {"sales", "users"}, .json = {}};

RowBlock block_of(const std::vector<std::string>& keys,
                  std::size_t columns,
                  std::size_t rows_max = 1'000) {
  RowBlock block(std::vector<std::uint32_t>(columns, 25),
                 {.rows_max = rows_max, .bytes_max = 1U << 20U});
  for (const std::string& key : keys) {
    block.begin_row();
    block.add_cell(key);
    if (columns == 2) block.add_cell("{\"of\": \"" + key + "\"}");
    block.end_row();
  }
  block.seal();
  return block;
}

std::vector<std::string> keys_of(const RowBlock& block) {
  std::vector<std::string> keys;
  for (const RowChunk& chunk : block.chunks()) {
    const ArrayCells cells(chunk.columns.front());
    for (std::size_t i = 0; i < cells.size(); ++i)
      keys.emplace_back(*cells[i]);
  }
  return keys;
}

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i)
    keys.push_back("k" + std::to_string(i));
  return keys;
}

// A target that refuses some keys, and any key of a pair whose other one is there already.
struct FakeTarget {
  std::set<std::string> refused;
  std::set<std::string> exclusive;
  std::set<std::string> rows;
  std::string sqlstate = "23514";
  int statements = 0;
  int break_at = -1;

  RowIsolator::TryRows try_rows() {
    return [this](const TableMapping&,
                  RowKind,
                  const std::vector<std::string>& columns) -> Result<std::optional<PgFailure>> {
      if (statements++ == break_at) return Error{ErrorKind::sink_unavailable, "gone", ""};
      std::set<std::string> next = rows;
      const ArrayCells keys(columns.front());
      for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::string key(*keys[i]);
        next.insert(key);
        std::size_t clashes = 0;
        for (const std::string& one : exclusive)
          clashes += next.count(one);
        if (!refused.contains(key) && !(exclusive.contains(key) && clashes > 1)) continue;
        PgFailure failure;
        failure.sqlstate = sqlstate;
        failure.severity = "ERROR";
        failure.message = "canary";
        return std::optional(failure);
      }
      rows = std::move(next);
      return std::optional<PgFailure>{};
    };
  }
};

Batch batch_of(const std::vector<std::string>& keys, std::size_t rows_max = 1'000) {
  Batch batch;
  batch.tables.push_back(TableRows{&kOrders, block_of(keys, 2, rows_max), block_of({}, 1)});
  batch.end.position.token = "82AA";
  return batch;
}

TEST(RowIsolatorTest, TheGuiltyRowBecomesALetterAndAllOthersStay) {
  Batch batch = batch_of({"a", "b", "c", "d", "e"});
  FakeTarget target{.refused = {"d"}, .exclusive = {}, .rows = {}};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  EXPECT_EQ(keys_of(batch.tables[0].upserts), (std::vector<std::string>{"a", "b", "c", "e"}));
  ASSERT_EQ(batch.dead_letters.size(), 1U);
  const DeadLetter& letter = batch.dead_letters[0];
  EXPECT_EQ(letter.table, &kOrders);
  EXPECT_EQ(letter.doc_key, "d");
  EXPECT_EQ(letter.reason, "rejected");
  EXPECT_EQ(letter.detail, "the target refused the row: SQLSTATE 23514") << "and not its words";
  EXPECT_EQ(letter.operation, "snapshot") << "a row without an event";
  EXPECT_EQ(letter.position, "snapshot:d");
  EXPECT_EQ(letter.document, "{\"of\": \"d\"}");
}

// A statement for each group of 128 rows, and two a level in the one that is refused.
TEST(RowIsolatorTest, OneRowInAThousandCostsAFewStatements) {
  for (const std::string guilty : {"k0", "k499", "k500", "k999"}) {
    Batch batch = batch_of(numbered(1'000));
    FakeTarget target{.refused = {guilty}, .exclusive = {}, .rows = {}};
    ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
    EXPECT_EQ(batch.dead_letters.size(), 1U);
    EXPECT_EQ(batch.tables[0].upserts.row_count(), 999U);
    EXPECT_LE(target.statements, 8 + 2 * 7) << guilty;
  }
}

TEST(RowIsolatorTest, OneRowInFiveThousandCostsAFewStatements) {
  Batch batch = batch_of(numbered(5'000));
  FakeTarget target{.refused = {"k3210"}, .exclusive = {}, .rows = {}};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  EXPECT_EQ(batch.tables[0].upserts.row_count(), 4'999U);
  EXPECT_LE(target.statements, 40 + 2 * 7);
}

TEST(RowIsolatorTest, ALetterNamesTheEventOfItsRow) {
  Batch batch = batch_of({"a", "b", "c"}, 2);
  for (const std::string token : {"82a", "82b", "82c"})
    batch.tables[0].upsert_origins.add("replace", {.data = token});
  FakeTarget target{.refused = {"c"}, .exclusive = {}, .rows = {}};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  EXPECT_EQ(batch.dead_letters[0].operation, "replace");
  EXPECT_EQ(batch.dead_letters[0].position, "82c");
  ASSERT_EQ(batch.tables[0].upsert_origins.size(), 2U);
  target.refused = {"a"};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  EXPECT_EQ(batch.dead_letters[1].position, "82a") << "also when there is more than one search";
}

TEST(RowIsolatorTest, SeveralGuiltyRowsInSeveralChunksAreAllFound) {
  const std::vector<std::string> keys = numbered(50);
  Batch batch = batch_of(keys, 8);
  FakeTarget target{.refused = {"k0", "k1", "k17", "k49"}, .exclusive = {}, .rows = {}};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  EXPECT_EQ(batch.dead_letters.size(), 4U);
  EXPECT_EQ(batch.tables[0].upserts.row_count(), 46U);
  for (const std::string& key : keys_of(batch.tables[0].upserts))
    EXPECT_FALSE(target.refused.contains(key));
}

TEST(RowIsolatorTest, EveryRowMayBeGuilty) {
  Batch batch = batch_of(numbered(9));
  FakeTarget target;
  for (const std::string& key : numbered(9))
    target.refused.insert(key);
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  EXPECT_EQ(batch.dead_letters.size(), 9U);
  EXPECT_EQ(batch.tables[0].upserts.row_count(), 0U);
}

TEST(RowIsolatorTest, OfTwoRowsThatExcludeEachOtherOneStays) {
  Batch batch = batch_of(numbered(40), 16);
  FakeTarget target{.refused = {}, .exclusive = {"k3", "k35"}, .rows = {}};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  ASSERT_EQ(batch.dead_letters.size(), 1U);
  EXPECT_EQ(batch.dead_letters[0].doc_key, "k35");
}

TEST(RowIsolatorTest, RemovalsAreSearchedToo) {
  Batch batch;
  batch.tables.push_back(TableRows{&kUsers, block_of({"u"}, 2), block_of({"x", "y", "z"}, 1)});
  FakeTarget target{.refused = {"y"}, .exclusive = {}, .rows = {}};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  EXPECT_EQ(keys_of(batch.tables[0].removals), (std::vector<std::string>{"x", "z"}));
  ASSERT_EQ(batch.dead_letters.size(), 1U);
  EXPECT_EQ(batch.dead_letters[0].operation, "delete");
  EXPECT_EQ(batch.dead_letters[0].document, "");
}

TEST(RowIsolatorTest, AKeyBeyondTheIndexHasItsOwnReason) {
  const std::string long_key(2'700, 'x');
  Batch batch = batch_of({"a", long_key});
  FakeTarget target{.refused = {"a", long_key}, .exclusive = {}, .rows = {}, .sqlstate = "54000"};
  ASSERT_TRUE(RowIsolator(batch, target.try_rows()).run(Grounds::refused).ok());
  ASSERT_EQ(batch.dead_letters.size(), 2U);
  EXPECT_EQ(batch.dead_letters[0].reason, "rejected") << "a short key cannot be too long";
  EXPECT_EQ(batch.dead_letters[1].reason, "key_too_long");
  EXPECT_EQ(batch.dead_letters[1].doc_key, make_letter_key(long_key));
}

TEST(RowIsolatorTest, WithoutAGuiltyRowItIsAnErrorSoThatNobodyTriesForEver) {
  Batch batch = batch_of(numbered(5));
  FakeTarget target;
  const Status status = RowIsolator(batch, target.try_rows()).run(Grounds::refused);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::sink_unknown);
}

TEST(RowIsolatorTest, ABrokenConnectionLeavesTheBatchAsItWas) {
  for (int break_at = 0; break_at < 8; ++break_at) {
    Batch batch = batch_of(numbered(20), 10);
    FakeTarget target{.refused = {"k1", "k2"}, .exclusive = {}, .rows = {}};
    target.break_at = break_at;
    const Status status = RowIsolator(batch, target.try_rows()).run(Grounds::refused);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::sink_unavailable);
    EXPECT_EQ(keys_of(batch.tables[0].upserts), numbered(20));
    EXPECT_TRUE(batch.dead_letters.empty());
  }
}

}  // namespace
}  // namespace relay
