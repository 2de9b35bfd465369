// Goal: a row that the encoder makes and the row that PostgreSQL gives back have the same bytes,
// for every shape of a mirror table, and a cell that somebody changes gives others.
// Method: random documents, 20,000 over all shapes, go through the encoder and the sink's own
// statements into a table of a real server, and come back by read_rows_statement().
// RELAY_TEST_SEED repeats a run.
#include <algorithm>
#include <functional>
#include <memory>

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "decode/any_documents.h"
#include "decode/row_encoder.h"
#include "decode/seed.h"
#include "decode/typed_documents.h"
#include "plan/sql_text.h"
#include "support/postgres_server.h"
#include "verify/canonical_row.h"
#include "verify/row_statement.h"

namespace relay {
namespace {

using namespace std::string_literals;

constexpr std::int32_t kDocuments = 4'000;  // Of each of the five shapes.
constexpr std::size_t kBatch = 500;

// Answers in binary form, as read_rows_statement() wants them.
class Session {
 public:
  using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

  explicit Session(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    run("SET TimeZone = 'UTC'");
  }

  Answer run(const std::string& sql, const std::vector<std::string>& binary_parameters = {}) {
    std::vector<const char*> values;
    std::vector<int> lengths;
    for (const std::string& parameter : binary_parameters) {
      values.push_back(parameter.data());
      lengths.push_back(static_cast<int>(parameter.size()));
    }
    const std::vector<int> formats(values.size(), 1);
    Answer answer(PQexecParams(connection_.get(),
                               sql.c_str(),
                               static_cast<int>(values.size()),
                               nullptr,
                               values.data(),
                               lengths.data(),
                               formats.data(),
                               1),
                  PQclear);
    const ExecStatusType status = PQresultStatus(answer.get());
    EXPECT_TRUE(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        << PQresultErrorMessage(answer.get());
    return answer;
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

using Documents = std::function<Bytes(std::int32_t id)>;

struct Shape {
  std::string name;
  TableMapping mapping;
  Documents (*documents)();
};

// Of every type, nested; some with what JSON has to wrap.
Documents any_documents() {
  return [generator = std::make_shared<AnyDocuments>(test_seed())](std::int32_t id) {
    BsonBuilder document = generator->document(3).int32("_id", id);
    if (id % 7 == 0) document.string("$x", "a\0b"s);
    return document.bytes();
  };
}

Documents typed_documents() {
  return [generator = std::make_shared<TypedDocuments>(test_seed())](std::int32_t id) {
    return generator->document(id).bytes();
  };
}

TableMapping documents_mapping(JsonForm json, OnDelete on_delete) {
  return {.to = {"sales", "orders"}, .json = json, .on_delete = on_delete};
}

TableMapping columns_mapping(JsonForm json, OnDelete on_delete) {
  TableMapping mapping = typed_mapping();
  mapping.to = {"sales", "orders"};
  mapping.json = json;
  mapping.on_delete = on_delete;
  return mapping;
}

// An allow-list by a key that is a number. Of types that most of the documents fit: a misfit has
// nowhere to stay.
TableMapping allowed_mapping() {
  TableMapping mapping = columns_mapping(JsonForm::plain, OnDelete::remove);
  mapping.rest = "";
  std::erase_if(mapping.columns, [](const ColumnMapping& column) {
    const TypeName type = column.type.name;
    return !column.is_key && type != TypeName::boolean && type != TypeName::timestamp &&
           type != TypeName::uuid && type != TypeName::json;
  });
  mapping.columns.front().type = {.name = TypeName::bigint};
  return mapping;
}

// Another value of the type, for a cell that meets the condition.
struct Mutation {
  std::string value;
  std::string condition;
};

Mutation mutation_of(const ShapeColumn& column) {
  const std::string& name = column.name;
  const std::string condition = name + " IS NOT NULL";
  if (column.type.is_array) return {"array_append(" + name + ", NULL)", condition};
  switch (column.type.name) {
    case TypeName::text:
      return {name + " || ' '", condition};
    case TypeName::boolean:
      return {"NOT " + name, condition};
    case TypeName::integer:
      return {name + " # 1", condition};
    case TypeName::bigint:
      return {name + " # (1::bigint << 40)", condition};
    case TypeName::double_precision:
      return {"-" + name, name + " <> 'NaN'"};
    case TypeName::numeric:
      return {"-" + name, name + " <> 'NaN' AND " + name + " <> 0"};
    case TypeName::timestamp:
      return {name + " + interval '1 microsecond'", condition};
    case TypeName::uuid:
      return {"md5(" + name + "::text)::uuid", condition};
    case TypeName::bytea:
      return {name + " || '\\x00'::bytea", condition};
    case TypeName::json:
      return {"jsonb_build_array(" + name + ")", condition};
  }
  return {};
}

class CanonicalPostgresTest : public testing::TestWithParam<Shape> {
 protected:
  CanonicalPostgresTest() {
    session_.run("DROP SCHEMA IF EXISTS sales CASCADE");
    session_.run(statements_.create_schema);
    session_.run(statements_.create_table);
  }

  // Rows that the block should have in the table, in the order of their bytes. The table has the
  // rows of the block alone afterwards.
  std::vector<std::string> write(const RowBlock& block) {
    session_.run("TRUNCATE sales.orders");
    std::vector<std::string> rows;
    for (const RowChunk& chunk : block.chunks()) {
      session_.run(statements_.upsert, chunk.columns);
      std::ranges::move(row_.rows_of(chunk), std::back_inserter(rows));
    }
    std::ranges::sort(rows);
    return rows;
  }

  std::vector<std::string> read() {
    const Session::Answer answer = session_.run(read_rows_statement(mapping_).value());
    std::vector<std::string> rows(static_cast<std::size_t>(PQntuples(answer.get())));
    for (std::size_t row = 0; row < rows.size(); ++row) {
      std::vector<CellView> cells;
      for (int column = 0; column < PQnfields(answer.get()); ++column)
        cells.push_back(cell(*answer, static_cast<int>(row), column));
      row_.append(cells, rows[row]);
    }
    std::ranges::sort(rows);
    return rows;
  }

  // One more batch of documents that become rows; those that do not are passed over.
  RowBlock next_batch() {
    RowBlock block = encoder_.make_upserts();
    while (block.row_count() < kBatch) {
      const Bytes document = documents_(next_id_);
      encoder_.add_upsert(std::to_string(next_id_), document, block);
      ++next_id_;
    }
    block.seal();
    return block;
  }

  // Changes one cell of the column, looks, and takes it back.
  std::vector<std::string> read_mutated(const ShapeColumn& column) {
    const auto [value, condition] = mutation_of(column);
    session_.run("BEGIN");
    const Session::Answer answer = session_.run(
        "UPDATE sales.orders SET " + column.name + " = " + value +
        " WHERE ctid = (SELECT ctid FROM sales.orders WHERE " + condition + " LIMIT 1)");
    EXPECT_STREQ(PQcmdTuples(answer.get()), "1") << column.name << ": no cell to change";
    std::vector<std::string> rows = read();
    session_.run("ROLLBACK");
    return rows;
  }

  // Where rows are marked; else nothing is changed.
  std::vector<std::string> read_with_one_marked() {
    session_.run("BEGIN");
    if (marks_removals(mapping_)) {
      session_.run(
          "UPDATE sales.orders SET deleted_at = now() "
          "WHERE ctid = (SELECT ctid FROM sales.orders LIMIT 1)");
    }
    std::vector<std::string> rows = read();
    session_.run("ROLLBACK");
    return rows;
  }

  TableMapping mapping_ = GetParam().mapping;
  CanonicalRow row_{mapping_, TargetKind::postgresql};

 private:
  static CellView cell(const PGresult& answer, int row, int column) {
    if (PQgetisnull(&answer, row, column) != 0) return std::nullopt;
    return std::string_view(PQgetvalue(&answer, row, column),
                            static_cast<std::size_t>(PQgetlength(&answer, row, column)));
  }

  static PostgresServer& server() {
    static PostgresServer one;
    return one;
  }

  TableStatements statements_ = make_statements(mapping_).value();
  RowEncoder encoder_{mapping_, JsonTarget::postgresql};
  Documents documents_ = GetParam().documents();
  std::int32_t next_id_ = 0;
  Session session_{server().uri()};
};

TEST_P(CanonicalPostgresTest, ARowIsTheSameOnBothSides) {
  for (std::int32_t count = 0; count < kDocuments; count += static_cast<std::int32_t>(kBatch)) {
    const std::vector<std::string> written = write(next_batch());
    const std::vector<std::string> read_back = read();
    ASSERT_EQ(written.size(), kBatch);
    ASSERT_EQ(read_back.size(), kBatch);
    const auto [one, other] = std::ranges::mismatch(written, read_back);
    ASSERT_TRUE(one == written.end()) << "after " << count << " documents:\n"
                                      << testing::PrintToString(*one) << "\n"
                                      << testing::PrintToString(*other);
  }
}

TEST_P(CanonicalPostgresTest, AChangedCellIsSeen) {
  const std::vector<std::string> written = write(next_batch());
  for (const ShapeColumn& column : compared_columns(mapping_, TargetKind::postgresql)) {
    std::vector<std::string> gone;
    std::ranges::set_difference(written, read_mutated(column), std::back_inserter(gone));
    EXPECT_EQ(gone.size(), 1U) << column.name;
  }
  EXPECT_EQ(read(), written);
}

// A row that is marked stands for no document.
TEST_P(CanonicalPostgresTest, ARowIsReadUnlessItIsMarked) {
  const std::vector<std::string> written = write(next_batch());
  EXPECT_EQ(read_with_one_marked().size(), marks_removals(mapping_) ? kBatch - 1 : kBatch);
  EXPECT_EQ(read(), written);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes,
    CanonicalPostgresTest,
    testing::Values(
        Shape{"Documents", documents_mapping(JsonForm::plain, OnDelete::remove), any_documents},
        Shape{
            "ExtendedMarked", documents_mapping(JsonForm::extended, OnDelete::mark), any_documents},
        Shape{"Columns", columns_mapping(JsonForm::plain, OnDelete::remove), typed_documents},
        Shape{"ColumnsExtendedMarked",
              columns_mapping(JsonForm::extended, OnDelete::mark),
              typed_documents},
        Shape{"AllowList", allowed_mapping(), typed_documents}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
