// Batches of typed rows by hand: cells as PostgreSQL's own send functions write them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/sink_fixture.h"

namespace relay {

using Cell = std::optional<std::string>;  // Bytes; nullopt: null.
using CellRow = std::vector<Cell>;

class TypedSinkTest : public SinkTest {
 protected:
  // The binary form of an SQL expression: send("int8", "42"), send("timestamptz_", "now()").
  std::string send(const std::string& type, const std::string& expression);
  std::string bigint(std::int64_t number) { return send("int8", std::to_string(number)); }
  std::string time(const std::string& text) { return send("timestamptz_", "'" + text + "'"); }

  // A batch of one table; columns as upsert_element_oids() and removal_element_oids() say.
  Batch batch_of(const TableMapping& mapping,
                 const std::vector<CellRow>& upserts,
                 const std::vector<CellRow>& removals = {});

  // Opened, `mapping` prepared.
  std::unique_ptr<Sink> make_sink_for(const TableMapping& mapping);

  // id bigint, total numeric(18,2), at timestamptz, data.
  static TableMapping orders();
  // A row of orders().
  CellRow order(std::int64_t id, const std::string& total, const std::string& data = "{}");

 private:
  std::uint32_t sequence_ = 0;
};

}  // namespace relay
