// Goal: PostgreSQL reads the cells the encoder makes as the values that the encoder meant.
// Method: random documents, many of their values at the ends of types, go through the encoder into
// a table of a real server; what the server prints is compared with the text form of each cell, and
// what it sees in the lists with its own reading of single values. RELAY_TEST_SEED repeats a run,
// RELAY_TEST_DOCUMENTS says how many documents.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "decode/block_cells.h"
#include "decode/key_text.h"
#include "decode/row_encoder.h"
#include "decode/seed.h"
#include "decode/typed_documents.h"
#include "mapping/table_shape.h"
#include "support/postgres_server.h"

namespace relay {
namespace {

// A session with the settings that cell_text.h names.
class Session {
 public:
  explicit Session(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    run("SET TimeZone = 'UTC'");
  }

  CellTexts run(const std::string& sql, const std::vector<std::string>& binary_parameters = {}) {
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
    for (const std::string& parameter : binary_parameters) {
      values.push_back(parameter.data());
      lengths.push_back(static_cast<int>(parameter.size()));
      formats.push_back(1);
    }
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexecParams(connection_.get(),
                     sql.c_str(),
                     static_cast<int>(values.size()),
                     nullptr,
                     values.data(),
                     lengths.data(),
                     formats.data(),
                     0),
        PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        << PQresultErrorMessage(result.get());
    CellTexts cells;  // Row by row.
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      for (int column = 0; column < PQnfields(result.get()); ++column) {
        cells.emplace_back();
        if (PQgetisnull(result.get(), row, column) == 0)
          cells.back() = PQgetvalue(result.get(), row, column);
      }
    }
    return cells;
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

// Texts that read as the same value: of numbers the zeros at the end and the form of doubles are
// the printer's choice.
std::optional<std::string> level(std::optional<std::string> text, const ColumnType& type) {
  if (!text) return text;
  if (type.name == TypeName::numeric && text->find('.') != std::string::npos) {
    text->erase(text->find_last_not_of('0') + 1);
    if (text->back() == '.') text->pop_back();
  }
  if (type.name == TypeName::double_precision &&
      std::isfinite(std::strtod(text->c_str(), nullptr))) {
    double value = 0;
    std::from_chars(text->data(), text->data() + text->size(), value);
    return std::to_string(std::bit_cast<std::uint64_t>(value));
  }
  return text;
}

struct Target {
  std::string create;
  std::string insert;
};

Target target_of(const TableMapping& mapping) {
  std::string columns;
  std::string arrays;
  std::string names;
  std::string casts;
  std::size_t parameter = 0;
  for (const ShapeColumn& column : shape_of(mapping)) {
    std::string type = format_column_type(column.type);
    if (column.type.name == TypeName::json) type = column.type.is_array ? "jsonb[]" : "jsonb";
    ColumnType single = column.type;
    single.precision = 0;
    const bool is_text = element_oid(column.type) == kTextOid;
    const std::string travels = is_text ? "text" : format_column_type(single);
    const std::string separator = parameter == 0 ? "" : ", ";
    columns += separator + column.name + " " + type;
    arrays += separator + "$" + std::to_string(++parameter) + "::" + travels + "[]";
    names += separator + column.name;
    casts += separator + column.name + "::" + type;
  }
  return {"CREATE UNLOGGED TABLE t (" + columns + ")",
          "INSERT INTO t SELECT " + casts + " FROM unnest(" + arrays + ") AS u(" + names + ")"};
}

// RELAY_TEST_DOCUMENTS, or what the build says.
std::int32_t document_count() {
  const char* given =
      std::getenv("RELAY_TEST_DOCUMENTS");  // NOLINT(concurrency-mt-unsafe): as above.
  return given == nullptr ? RELAY_TEST_DOCUMENTS_DEFAULT : std::atoi(given);
}

class TypedRowsPostgresTest : public testing::Test {
 protected:
  TypedRowsPostgresTest() { session_.run(target_.create); }

  // The table has the rows of the block alone afterwards. How many single values they show.
  std::size_t compare(const RowBlock& block) {
    session_.run("TRUNCATE t");
    for (const RowChunk& chunk : block.chunks())
      session_.run(target_.insert, chunk.columns);
    std::size_t value_count = 0;
    const std::vector<ShapeColumn> shape = shape_of(mapping_);
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i].type.is_array || shape[i].type.name == TypeName::json) continue;
      value_count += compare_column(shape[i], texts_of(block, i, shape[i].type.name));
    }
    EXPECT_EQ(session_.run(wrong_rows()), CellTexts{"0"});
    return value_count;
  }

  TableMapping mapping_ = typed_mapping();

 private:
  std::size_t compare_column(const ShapeColumn& column, const CellTexts& expected) {
    const CellTexts printed =
        session_.run("SELECT " + column.name + " FROM t ORDER BY id::integer");
    EXPECT_EQ(printed.size(), expected.size());
    std::size_t value_count = 0;
    for (std::size_t row = 0; row < printed.size(); ++row) {
      EXPECT_EQ(level(printed[row], column.type), level(expected[row], column.type)) << column.name;
      value_count += printed[row] ? 1U : 0U;
    }
    return value_count;
  }

  // Rows whose lists say something else than their single values, or whose values are in a column
  // and in the JSON column both.
  static std::string wrong_rows() {
    std::string condition;
    for (std::size_t i = 0; i < kDocumentTypes.size(); ++i) {
      const std::string c = "c" + std::to_string(i);
      const std::string l = "l" + std::to_string(i);
      condition += (i == 0 ? "" : " OR ") + l + "[1] IS DISTINCT FROM " + c + " OR (" + c +
                   " IS NOT NULL AND (" + l + "[2] IS NOT NULL OR data ? '" + c + "'))";
    }
    return "SELECT count(*) FROM t WHERE " + condition;
  }

  PostgresServer server_;
  Session session_{server_.uri()};
  Target target_ = target_of(mapping_);
};

TEST_F(TypedRowsPostgresTest, TheServerReadsWhatTheEncoderMeant) {
  constexpr std::int32_t kBatch = 5'000;
  TypedDocuments generator(test_seed());
  RowEncoder encoder(mapping_, JsonTarget::postgresql);
  const std::int32_t count = document_count();
  std::size_t value_count = 0;
  for (std::int32_t id = 0; id < count;) {
    RowBlock block = encoder.make_upserts({.rows_max = kBatch, .bytes_max = 64U << 20U});
    for (const std::int32_t end = std::min(id + kBatch, count); id < end; ++id) {
      const Bytes document = generator.document(id).bytes();
      ASSERT_TRUE(encoder.add_upsert(std::to_string(id), document, block).is_added());
    }
    block.seal();
    value_count += compare(block);
    ASSERT_FALSE(HasFailure()) << "among the documents before " << id;
  }
  EXPECT_GT(value_count, static_cast<std::size_t>(count) * 6);
}

}  // namespace
}  // namespace relay
