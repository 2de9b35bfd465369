// What decoding costs: an event, a key text, a document as JSON; with libbson's own writer as
// yardstick.
//
//   cmake --preset release && cmake --build --preset release --target decode_bench
//   build/release/bench/decode_bench
#include <cstdio>
#include <iterator>
#include <random>
#include <string>

#include <benchmark/benchmark.h>
#include <bson/bson.h>

#include "decode/bson_reader.h"
#include "decode/event_decoder.h"
#include "decode/json_writer.h"
#include "decode/key_text.h"
#include "decode/row_encoder.h"

namespace relay {
namespace {

// Owns a bson_t.
class Document {
 public:
  Document() { bson_init(&bson_); }
  ~Document() { bson_destroy(&bson_); }
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  bson_t* get() { return &bson_; }
  [[nodiscard]] RawDocument view() const { return {bson_get_data(&bson_), bson_.len}; }

 private:
  bson_t bson_;
};

void append_oid(bson_t* bson, const char* name, unsigned seed) {
  std::string hex(25, '\0');
  std::snprintf(hex.data(), hex.size(), "65a0b1c2d3e4f506%08x", seed);
  bson_oid_t oid;
  bson_oid_init_from_string(&oid, hex.c_str());
  BSON_APPEND_OID(bson, name, &oid);
}

// 31 fields, about 1 KB: an order as shops keep it.
void fill_mixed(bson_t* bson) {
  append_oid(bson, "_id", 1);
  const char* const texts[] = {"customer",
                               "email",
                               "street",
                               "city",
                               "country",
                               "status",
                               "channel",
                               "currency",
                               "carrier",
                               "note"};
  int i = 0;
  for (const char* name : texts) {
    const std::string value =
        std::string(name) + " with a value of about forty characters, " + std::to_string(++i);
    BSON_APPEND_UTF8(bson, name, value.c_str());
  }
  const char* const integers[] = {
      "quantity", "warehouse", "priority", "attempts", "lines", "version"};
  for (const char* name : integers)
    BSON_APPEND_INT32(bson, name, 37 * ++i);
  BSON_APPEND_INT64(bson, "order_number", 4'611'686'018'427'387'904);
  BSON_APPEND_INT64(bson, "invoice_number", 1'234'567'890'123);
  const char* const doubles[] = {"total", "tax", "discount", "weight", "latitude", "longitude"};
  const double values[] = {1234.56, 98.76, 0.15, 12.5, 52.520008, 13.404954};
  for (std::size_t n = 0; n < 6; ++n)
    BSON_APPEND_DOUBLE(bson, doubles[n], values[n]);
  BSON_APPEND_BOOL(bson, "is_paid", true);
  BSON_APPEND_BOOL(bson, "is_gift", false);
  BSON_APPEND_DATE_TIME(bson, "created_at", 1'720'739'862'907);
  BSON_APPEND_DATE_TIME(bson, "updated_at", 1'767'225'600'123);
  BSON_APPEND_NULL(bson, "deleted_at");
  append_oid(bson, "customer_id", 2);
}

void fill_long_text(bson_t* bson) {
  append_oid(bson, "_id", 1);
  std::string text;
  while (text.size() < 950)
    text += "The quick brown fox jumps over the lazy dog. ";
  BSON_APPEND_UTF8(bson, "text", text.c_str());
}

void fill_cyrillic_text(bson_t* bson) {
  append_oid(bson, "_id", 1);
  std::string text;
  while (text.size() < 950)
    text += "\xD0\xA1\xD1\x8A\xD0\xB5\xD1\x88\xD1\x8C ";
  BSON_APPEND_UTF8(bson, "text", text.c_str());
}

// `decimals` < 0: all the digits a double has.
void fill_doubles(bson_t* bson, int decimals) {
  append_oid(bson, "_id", 1);
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> values(0, 1'000);
  for (int i = 0; i < 80; ++i) {
    double value = values(random);
    if (decimals >= 0)
      value = std::stod(std::to_string(value).substr(0, 4U + static_cast<unsigned>(decimals)));
    BSON_APPEND_DOUBLE(bson, ("f" + std::to_string(i)).c_str(), value);
  }
}

// An order with 12 lines of 5 fields.
void fill_nested(bson_t* bson) {
  append_oid(bson, "_id", 1);
  bson_t lines;
  BSON_APPEND_ARRAY_BEGIN(bson, "lines", &lines);
  for (unsigned i = 0; i < 12; ++i) {
    bson_t line;
    bson_append_document_begin(&lines, std::to_string(i).c_str(), -1, &line);
    BSON_APPEND_UTF8(&line, "sku", "A-1234567");
    BSON_APPEND_INT32(&line, "quantity", static_cast<std::int32_t>(i));
    BSON_APPEND_DOUBLE(&line, "price", 19.99);
    append_oid(&line, "product", i);
    BSON_APPEND_BOOL(&line, "in_stock", true);
    bson_append_document_end(&lines, &line);
  }
  bson_append_array_end(bson, &lines);
}

void fill(bson_t* bson, const std::string& kind) {
  if (kind == "mixed") fill_mixed(bson);
  if (kind == "long_text") fill_long_text(bson);
  if (kind == "cyrillic_text") fill_cyrillic_text(bson);
  if (kind == "doubles_full") fill_doubles(bson, -1);
  if (kind == "doubles_short") fill_doubles(bson, 2);
  if (kind == "nested") fill_nested(bson);
}

void write_json(benchmark::State& state, const std::string& kind, JsonForm form) {
  Document document;
  fill(document.get(), kind);
  std::string out;
  for (auto _ : state) {
    out.clear();
    const Rejection rejection = append_json(document.view(), form, JsonTarget::postgresql, out);
    benchmark::DoNotOptimize(rejection);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * std::int64_t{document.get()->len});
  state.counters["bson"] = static_cast<double>(document.view().size());
  state.counters["json"] = static_cast<double>(out.size());
}

void write_json_libbson(benchmark::State& state, const std::string& kind) {
  Document document;
  fill(document.get(), kind);
  for (auto _ : state) {
    std::size_t length = 0;
    char* text = bson_as_relaxed_extended_json(document.get(), &length);
    benchmark::DoNotOptimize(text);
    bson_free(text);
  }
}

#define RELAY_JSON_BENCH(kind)                                         \
  BENCHMARK_CAPTURE(write_json, kind##_plain, #kind, JsonForm::plain); \
  BENCHMARK_CAPTURE(write_json_libbson, kind, #kind)

RELAY_JSON_BENCH(mixed);
RELAY_JSON_BENCH(long_text);
RELAY_JSON_BENCH(cyrillic_text);
RELAY_JSON_BENCH(doubles_full);
RELAY_JSON_BENCH(doubles_short);
RELAY_JSON_BENCH(nested);
BENCHMARK_CAPTURE(write_json, mixed_extended, "mixed", JsonForm::extended);

void encode_upsert(benchmark::State& state) {
  Document document;
  fill_mixed(document.get());
  TableMapping mapping;
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  for (auto _ : state) {
    if (block.row_count() == 1'000) block = encoder.make_upserts();
    benchmark::DoNotOptimize(
        encoder.add_upsert("65a0b1c2d3e4f50600000001", document.view(), block));
  }
}
BENCHMARK(encode_upsert);

// The same document with 10 of its 31 fields in columns; `rest`: whether the others go into a JSON
// column.
void encode_typed(benchmark::State& state, const std::string& rest) {
  Document document;
  fill_mixed(document.get());
  TableMapping mapping;
  mapping.rest = rest;
  const auto column = [&mapping](const std::string& name, TypeName type) {
    mapping.columns.push_back({.name = name, .path = {name}, .type = {.name = type}});
  };
  column("_id", TypeName::text);
  mapping.columns.back().is_key = true;
  column("customer", TypeName::text);
  column("city", TypeName::text);
  column("status", TypeName::text);
  column("quantity", TypeName::integer);
  column("order_number", TypeName::bigint);
  column("total", TypeName::numeric);
  column("weight", TypeName::double_precision);
  column("is_paid", TypeName::boolean);
  column("created_at", TypeName::timestamp);
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  for (auto _ : state) {
    if (block.row_count() == 1'000) block = encoder.make_upserts();
    benchmark::DoNotOptimize(
        encoder.add_upsert("65a0b1c2d3e4f50600000001", document.view(), block));
  }
}
BENCHMARK_CAPTURE(encode_typed, with_rest, "data");
BENCHMARK_CAPTURE(encode_typed, allow_list, "");

void walk_elements(benchmark::State& state) {
  Document document;
  fill_mixed(document.get());
  for (auto _ : state) {
    BsonReader reader{};
    BsonElement element;
    std::size_t bytes = 0;
    if (!reader.open(document.view())) break;
    while (reader.next(element) == BsonReader::Step::element)
      bytes += element.name_size;
    benchmark::DoNotOptimize(bytes);
  }
}
BENCHMARK(walk_elements);

void walk_elements_libbson(benchmark::State& state) {
  Document document;
  fill_mixed(document.get());
  for (auto _ : state) {
    bson_iter_t iter;
    std::size_t bytes = 0;
    if (!bson_iter_init(&iter, document.get())) break;
    while (bson_iter_next(&iter))
      bytes += bson_iter_key_len(&iter);
    benchmark::DoNotOptimize(bytes);
  }
}
BENCHMARK(walk_elements_libbson);

void write_key(benchmark::State& state, const std::string& kind) {
  Document document;
  if (kind == "object_id") append_oid(document.get(), "_id", 1);
  if (kind == "int64") BSON_APPEND_INT64(document.get(), "_id", 1'234'567'890'123);
  if (kind == "string") BSON_APPEND_UTF8(document.get(), "_id", "customer-2024-000123");
  if (kind == "document") {
    bson_t id;
    BSON_APPEND_DOCUMENT_BEGIN(document.get(), "_id", &id);
    BSON_APPEND_INT32(&id, "tenant", 17);
    BSON_APPEND_UTF8(&id, "number", "2024-000123");
    bson_append_document_end(document.get(), &id);
  }
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(append_key_text(document.view(), out));
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK_CAPTURE(write_key, object_id, "object_id");
BENCHMARK_CAPTURE(write_key, int64, "int64");
BENCHMARK_CAPTURE(write_key, string, "string");
BENCHMARK_CAPTURE(write_key, document, "document");

void decode_insert(benchmark::State& state) {
  Document full;
  fill_mixed(full.get());
  Document event;
  bson_t* const bson = event.get();
  bson_t part;
  BSON_APPEND_DOCUMENT_BEGIN(bson, "_id", &part);
  BSON_APPEND_UTF8(&part, "_data", std::string(138, 'A').c_str());
  bson_append_document_end(bson, &part);
  BSON_APPEND_UTF8(bson, "operationType", "insert");
  BSON_APPEND_TIMESTAMP(bson, "clusterTime", 1'767'225'600, 5);
  BSON_APPEND_DATE_TIME(bson, "wallTime", 1'767'225'600'123);
  BSON_APPEND_DOCUMENT(bson, "fullDocument", full.get());
  BSON_APPEND_DOCUMENT_BEGIN(bson, "ns", &part);
  BSON_APPEND_UTF8(&part, "db", "shop");
  BSON_APPEND_UTF8(&part, "coll", "orders");
  bson_append_document_end(bson, &part);
  BSON_APPEND_DOCUMENT_BEGIN(bson, "documentKey", &part);
  append_oid(&part, "_id", 1);
  bson_append_document_end(bson, &part);
  for (auto _ : state)
    benchmark::DoNotOptimize(decode_event(event.view()));
}
BENCHMARK(decode_insert);

}  // namespace
}  // namespace relay
