#include "loader.h"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "backlog.h"
#include "decode/key_text.h"
#include "decode/row_encoder.h"
#include "mapping/mapping_file.h"
#include "plan/crate_text.h"
#include "plan/sql_text.h"

namespace relay {
namespace {

class Target {
 public:
  explicit Target(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail("connect to the target");
  }
  void run(const char* sql) { check(PQexec(connection_.get(), sql)); }
  // In place of the statement before.
  void prepare(const char* sql) {
    name_ = "s" + std::to_string(++prepared_);
    check(PQprepare(connection_.get(), name_.c_str(), sql, 0, nullptr));
  }
  void upsert(const RowChunk& chunk) {
    std::vector<const char*> values;
    std::vector<int> lengths;
    for (const std::string& column : chunk.columns) {
      values.push_back(column.data());
      lengths.push_back(static_cast<int>(column.size()));
    }
    const std::vector<int> formats(values.size(), 1);
    PGresult* const result = PQexecPrepared(connection_.get(),
                                            name_.c_str(),
                                            static_cast<int>(values.size()),
                                            values.data(),
                                            lengths.data(),
                                            formats.data(),
                                            1);
    // CrateDB leaves rows out without an error.
    const bool is_whole = std::strtoull(PQcmdTuples(result), nullptr, 10) == chunk.row_count;
    check(result);
    if (!is_whole) fail("rows were left out");
  }
  void copy(const std::string& bytes) {
    check(PQexec(connection_.get(), "COPY yard.rows FROM STDIN (FORMAT binary)"));
    if (PQputCopyData(connection_.get(), bytes.data(), static_cast<int>(bytes.size())) != 1)
      fail("copy");
    if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail("end the copy");
    check(PQgetResult(connection_.get()));
    while (PGresult* rest = PQgetResult(connection_.get()))
      PQclear(rest);
  }

 private:
  static void check(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
      fail("statement refused");
  }
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  std::string name_;
  int prepared_ = 0;
};

void append_int(std::string& bytes, std::uint32_t value, int width) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(value >> static_cast<unsigned>(shift)));
}

// The rows of one transaction: for COPY as its binary file, else as arrays.
struct Load {
  std::string copy;
  RowBlock block;
  std::size_t rows = 0;
};

void add_copy_row(std::string& bytes, const std::string& key, RawDocument document) {
  append_int(bytes, 2, 2);
  append_int(bytes, static_cast<std::uint32_t>(key.size()), 4);
  bytes.append(key);
  std::string json;
  if (append_json(document, JsonForm::plain, JsonTarget::postgresql, json) != Rejection::none)
    fail("a document");
  append_int(bytes, static_cast<std::uint32_t>(json.size() + 1), 4);
  bytes.push_back(1);  // Version of the binary form of jsonb.
  bytes.append(json);
}

// Of yard.rows.
TableMapping make_mapping(const std::string& file) {
  TableMapping mapping;
  mapping.to = {"yard", "rows"};
  if (file.empty()) return mapping;
  const MappingFile read = take(read_mapping_file(file));
  mapping.columns = read.columns;
  mapping.rest = read.rest.value_or("data");
  return mapping;
}

std::vector<Load> read_loads(const StreamStart& start,
                             LoadMethod method,
                             const TableMapping& mapping) {
  const std::unique_ptr<MongoSource> source = open_source(start);
  const ClusterTime until = take(source->current_time());
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  std::vector<Load> loads;
  read_stream(*source, until, [&](const Reply& reply) {
    if (reply.event_count == 0) return;
    const LastEvents last = last_events(reply);
    Load load{.copy = {}, .block = encoder.make_upserts()};
    const auto add = [&](const std::string& key, RawDocument document) {
      ++load.rows;
      if (method != LoadMethod::upsert) {
        add_copy_row(load.copy, key, document);
      } else if (encoder.add_upsert(key, document, load.block).rejection != Rejection::none) {
        fail("a document");
      }
    };
    if (method != LoadMethod::upsert) load.copy.append("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    for (const auto& [key, event] : last.by_key) {
      if (!event.full_document.empty()) add(key, event.full_document);
    }
    if (!last.changed.empty()) {
      take(source->look_up({.ns = {start.database, kBacklogCollection},
                            .keys = last.changed,
                            .not_before = last.newest},
                           [&](RawDocument document) {
                             std::string key;
                             if (!append_key_text(document, key)) fail("a key without _id");
                             add(key, document);
                             return true;
                           }));
    }
    if (method != LoadMethod::upsert) append_int(load.copy, 0xFFFFU, 2);
    load.block.seal();
    loads.push_back(std::move(load));
  });
  return loads;
}

// Blocks know where CrateDB's statements end, so all rows are in one.
std::vector<Load> read_crate_loads(const StreamStart& start, const TableMapping& mapping) {
  const std::unique_ptr<MongoSource> source = open_source(start);
  const ClusterTime until = take(source->current_time());
  RowEncoder encoder(mapping, JsonTarget::cratedb);
  std::vector<Load> loads;
  loads.push_back({.copy = {}, .block = encoder.make_upserts()});
  Load& load = loads.front();
  read_stream(*source, until, [&](const Reply& reply) {
    const LastEvents last = last_events(reply);
    if (encoder.is_learning()) {
      for (const auto& [key, event] : last.by_key)
        encoder.learn(event.full_document);
    }
    for (const auto& [key, event] : last.by_key) {
      if (event.full_document.empty()) fail("the rows of updates are not made for CrateDB");
      if (!encoder.add_upsert(key, event.full_document, load.block).is_added()) fail("a document");
      ++load.rows;
    }
  });
  load.block.seal();
  return loads;
}

void make_crate_table(Target& target, const TableMapping& mapping) {
  const CrateStatements sql = take(make_crate_statements(mapping));
  target.run("DROP TABLE IF EXISTS yard.rows");
  target.run(sql.create_table.c_str());
  target.prepare(sql.upsert.c_str());
}

void make_table(Target& target, LoadMethod method, const TableMapping& mapping) {
  if (method == LoadMethod::crate) return make_crate_table(target, mapping);
  const TableStatements sql = take(make_statements(mapping));
  target.run("DROP SCHEMA IF EXISTS yard CASCADE");
  target.run("CREATE SCHEMA yard");
  target.run(method == LoadMethod::copy ? "CREATE TABLE yard.rows (oid text, data jsonb NOT NULL)"
                                        : sql.create_table.c_str());
  if (method != LoadMethod::upsert) return;
  target.prepare(sql.upsert.c_str());
}

void fill_table(Target& target, const std::vector<Load>& loads, LoadMethod method) {
  std::size_t rows = 0;
  const Stopwatch watch;
  const bool is_copy = method == LoadMethod::copy || method == LoadMethod::keyed_copy;
  for (const Load& next : loads) {
    target.run("BEGIN");
    if (is_copy) target.copy(next.copy);
    for (const RowChunk& chunk : next.block.chunks())
      target.upsert(chunk);
    target.run("COMMIT");
    rows += next.rows;
  }
  watch.print(is_copy ? "copy" : "unnest", rows);
}

}  // namespace

int load(const StreamStart& start, const LoadTarget& to) {
  const LoadMethod method = to.method;
  const TableMapping mapping = make_mapping(to.mapping_file);
  const std::vector<Load> loads = method == LoadMethod::crate ? read_crate_loads(start, mapping)
                                                              : read_loads(start, method, mapping);
  Target target(to.uri);
  target.run("SET client_min_messages = warning");
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line == "prepare") {
      make_table(target, method, mapping);
      std::puts("ready");
      std::fflush(stdout);
    } else if (line == "go") {
      fill_table(target, loads, method);
    } else {
      fail("an order that is not known: " + line);
    }
  }
  return 0;
}

}  // namespace relay
