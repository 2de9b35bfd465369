// Goal: nothing changes on the way into CrateDB. Method: random documents of all types, many of
// their values at the ends of types, go through the encoder and the sink into a table with columns
// of every type, the rest and `overflow`; what is read back is compared with what they were, under
// the rules of docs/values.md. Against the stand-in, or a real server (real_crate.h).
// RELAY_TEST_SEED repeats a run.
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "apply/target_sink.h"
#include "crate_double/column_check.h"
#include "crate_double/crate_client.h"
#include "crate_double/crate_double.h"
#include "crate_double/document_check.h"
#include "crate_double/real_crate.h"
#include "decode/any_documents.h"
#include "decode/row_encoder.h"
#include "decode/seed.h"
#include "decode/typed_documents.h"
#include "support/postgres_server.h"

namespace relay {
namespace {

using Json = nlohmann::json;

// One for each type that CrateDB has, and its list; one path goes through a document that has a
// column itself.
TableMapping crate_mapping() {
  TableMapping mapping = typed_mapping();
  mapping.to = {"sales", "typed"};
  std::erase_if(mapping.columns, [](const ColumnMapping& column) {
    const bool is_unbounded = column.type.name == TypeName::numeric && column.type.precision == 0;
    return is_unbounded || column.type.name == TypeName::bytea;
  });
  mapping.columns.push_back({.name = "inner", .path = {"d", "0"}, .type = {}});
  mapping.columns.push_back({.name = "whole", .path = {"w"}, .type = {.name = TypeName::json}});
  mapping.columns.push_back(
      {.name = "part", .path = {"w", "p"}, .type = {.name = TypeName::bigint}});
  return mapping;
}

class TypedRowsCrateTest : public testing::TestWithParam<JsonForm> {
 protected:
  TypedRowsCrateTest() : double_({.backend_uri = server_.uri()}), client_(uri("postgresql")) {
    client_.run("DROP TABLE IF EXISTS sales.typed");
    PostgresSink::Options options;
    options.uri = Secret(uri("crate"));
    options.stream = "typed_" + std::to_string(::getpid());  // Nobody else's on a real server.
    options.owner = "0123456789abcdef0123456789abcdef";
    options.lease = std::chrono::seconds(600);
    sink_ = make_target_sink(options);
    const auto opened = sink_->open();
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.error().message);
    mapping_.json = GetParam();
    const Status made = sink_->prepare(mapping_);
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
  }

  ~TypedRowsCrateTest() override { sink_->release(); }

  [[nodiscard]] std::string uri(const std::string& scheme) const {
    return RealCrate::is_given() ? RealCrate::uri(scheme) : double_.uri(scheme);
  }

  void write(RowEncoder& encoder, const std::vector<Bytes>& documents) {
    Batch batch;
    batch.tables.push_back({.table = &mapping_,
                            .upserts = encoder.make_upserts(),
                            .removals = encoder.make_removals()});
    for (const Bytes& document : documents) {
      const RowOutcome outcome =
          encoder.add_upsert(std::to_string(++id_), document, batch.tables.front().upserts);
      ASSERT_TRUE(outcome.is_added()) << outcome.detail;
    }
    encoder.end_batch();
    batch.tables.front().upserts.seal();
    batch.tables.front().removals.seal();
    batch.sequence = ++sequence_;
    const Status applied = sink_->apply(batch);
    ASSERT_TRUE(applied.ok()) << applied.error().message;
    // A fresh row with an emoji in a name cannot be read by its key.
    client_.run("REFRESH TABLE sales.typed");
  }

  // "": the row of the document says what the document says.
  std::string compare(int id, const Bytes& document) {
    std::string canonical;
    EXPECT_EQ(append_json(document, JsonForm::extended, JsonTarget::cratedb, canonical),
              Rejection::none);
    const Json original = Json::parse(canonical);
    Json rest = original;
    rest.erase("_id");
    const CrateClient::Row row = read(id);
    if (row.empty()) return "no row";
    std::string problem;
    for (std::size_t i = 1; i < mapping_.columns.size(); ++i) {
      const std::string change = take_column(mapping_.columns[i], row[i - 1], original, rest);
      if (!change.empty()) problem = mapping_.columns[i].name + ": " + change;
    }
    const auto& data = row[row.size() - 2];
    const auto& overflow = row.back();
    if (problem.empty())
      problem = find_change(rest,
                            data ? Json::parse(*data) : Json(nullptr),
                            overflow ? Json::parse(*overflow) : Json(nullptr));
    if (problem.empty()) return "";
    return problem + "\n" + canonical + "\ndata " + data.value_or("-") + "\noverflow " +
           overflow.value_or("-");
  }

  TableMapping mapping_ = crate_mapping();
  int id_ = 0;
  std::unique_ptr<Sink> sink_;

 private:
  // The cells behind the key; of a list, which are [value, null], its first element.
  CrateClient::Row read(int id) {
    std::string list;
    for (std::size_t i = 1; i < mapping_.columns.size(); ++i) {
      list += "\"" + mapping_.columns[i].name + "\"" +
              (mapping_.columns[i].type.is_array ? "[1]" : "") + ", ";
    }
    return client_.row("SELECT " + list + "data, overflow FROM sales.typed WHERE id = $1",
                       {std::to_string(id)});
  }

  PostgresServer server_;
  CrateDouble double_;
  CrateClient client_;
  std::uint64_t sequence_ = 0;
};

TEST_P(TypedRowsCrateTest, NoValueChangesInSilence) {
  constexpr int kBatches = 8;
  constexpr int kBatchRows = 100;
  TypedDocuments typed(test_seed());
  AnyDocuments any(test_seed());
  std::unique_ptr<RowEncoder> encoder = std::make_unique<RowEncoder>(mapping_, JsonTarget::cratedb);
  for (int number = 0; number < kBatches; ++number) {
    std::vector<Bytes> documents;
    const int first = id_ + 1;
    for (int i = 0; i < kBatchRows; ++i) {
      BsonBuilder document = typed.document(first + i);
      if (i % 3 == 0) document.document("d", any.document(2));
      if (i % 5 == 0) document.document("w", BsonBuilder().int32("p", i).real("q", i % 2 / 4.0));
      if (i % 7 == 0) document.document("e", any.document(3));
      documents.push_back(document.bytes());
    }
    write(*encoder, documents);
    ASSERT_FALSE(HasFatalFailure());
    for (int i = 0; i < kBatchRows; ++i)
      ASSERT_EQ(compare(first + i, documents[static_cast<std::size_t>(i)]), "");
    // A restart: the types of the sub-columns are read back.
    if (number % 4 != 3) continue;
    encoder = std::make_unique<RowEncoder>(mapping_, JsonTarget::cratedb);
    const auto known = sink_->read_sub_columns(mapping_);
    ASSERT_TRUE(known.ok()) << known.error().message;
    encoder->set_sub_columns(known.value());
  }
}

INSTANTIATE_TEST_SUITE_P(Json,
                         TypedRowsCrateTest,
                         testing::Values(JsonForm::plain, JsonForm::extended),
                         [](const auto& test) {
                           return test.param == JsonForm::plain ? "Plain" : "Extended";
                         });

}  // namespace
}  // namespace relay
