// Which BSON type fits which column type, and how its value gets there: the one table of it.
// docs/types.md is printed from it.
//
// A value fits when the column holds it exactly. Cells are made in PostgreSQL's binary form, except
// where a target reads a type rightly only as text (travels_as_text).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decode/bson_reader.h"
#include "decode/cell.h"
#include "decode/json_writer.h"
#include "decode/path_tree.h"
#include "mapping/column_type.h"
#include "mapping/table_mapping.h"

namespace relay {

class ObjectWriter;

// A column, as far as the conversion of a value has to know it.
struct ColumnRule {
  ColumnType type{};
  bool is_key = false;
  JsonForm json = JsonForm::plain;
  JsonTarget target = JsonTarget::postgresql;
  const PathNode* path = nullptr;  // Where exclusions inside a JSON column are found; may be null.
  // Of an OBJECT column of CrateDB; null: every document fits. After a misfit the caller undoes
  // what was settled for it.
  ObjectWriter* objects = nullptr;
};

// Rejection::misfit: the column does not hold the value. Another rejection: no JSON can (a
// duplicate name, say), so that there is no row at all.
using Converter = Rejection (*)(const BsonElement& element, const ColumnRule& rule, Cell& cell);

struct Fit {
  BsonType from;
  TypeName to;
  Converter convert;
  std::string_view condition;  // What the value has to meet; empty: nothing.
};

// nullptr: no value of the type fits. For types other than json, which takes everything.
const Fit* find_fit(BsonType from, TypeName to);

// Makes `cell` of a value that is not null. After a rejection the cell may hold anything.
Rejection convert(const BsonElement& element, const ColumnRule& rule, Cell& cell);

}  // namespace relay
