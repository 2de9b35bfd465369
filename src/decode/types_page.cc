#include "decode/types_page.h"

#include <array>
#include <string_view>

#include "decode/fit_table.h"

namespace relay {
namespace {

constexpr std::string_view kHead =
    R"(<!-- Printed from src/decode/fit_table.cc: cmake --build build/dev --target update-golden -->
# Types

What a column takes from a document. A value fits when the column holds it exactly; nothing is cut, rounded, clamped or replaced.
What does not fit is a misfit: the column is NULL, the value stays in the table's JSON column at its own place, in canonical Extended
JSON (values.md), and `relay_misfits_total` counts it. Without a JSON column (`rest = ""`) the document becomes a dead letter,
reason `misfit`; a key column that cannot take the `_id` makes it one too, reason `key_misfit`.

Whatever is not in a list below is a misfit there.
)";

constexpr std::string_view kTail = R"(
## json

JSONB in PostgreSQL: everything, as `json = "plain"` or `"extended"` says (values.md). OBJECT in CrateDB: documents only.

## CrateDB

A column there cannot be `bytea`, `numeric` without bounds, or `numeric` of more than 38 digits: relay refuses the mapping. These are
misfits besides: texts of more than 32,766 bytes; in `bigint` the smallest and the largest int64; in a `double precision` key -0.0; in
`json` a document of which OBJECT would change something (targets.md). A list of objects has no nulls.

A misfit is in the table's JSON column or in `overflow`, whichever holds it exactly.

## Lists

A type with `[]` takes an array whose elements all fit the type or are null. Lists of lists are misfits.

## Keys, nulls, defaults

- The key column takes its value from `_id`. With type `text` it takes any `_id`, as key text (values.md, "Keys"). Of the other types it
  takes what fits; a double goes into a `numeric` key only when it equals its shortest decimal form exactly, because MongoDB tells the
  double 0.1 from the decimal 0.1. A key is never `json` and never a list.
- A null is no misfit: the column is NULL, and the JSON column shows the null, so that it can be told from a missing field.
- A `default` stands in for a missing field only. It has to fit its column; a uuid is written as text; `json`, `bytea` and lists have none.
- Columns do not go through arrays: a field of documents in an array has no path.
- A document and a field inside it may both have columns. What the document's `json` column holds is not repeated in the JSON column,
  apart from what does not fit the field's column.
)";

struct NamedBson {
  BsonType type;
  std::string_view name;
};

constexpr std::array kBsonNames = {
    NamedBson{BsonType::string, "string"},
    NamedBson{BsonType::object_id, "ObjectId"},
    NamedBson{BsonType::boolean, "bool"},
    NamedBson{BsonType::int32, "int32"},
    NamedBson{BsonType::int64, "int64"},
    NamedBson{BsonType::double_, "double"},
    NamedBson{BsonType::decimal128, "Decimal128"},
    NamedBson{BsonType::date, "date"},
    NamedBson{BsonType::binary, "binary"},
};

constexpr std::array kColumnTypes = {
    TypeName::text,
    TypeName::boolean,
    TypeName::integer,
    TypeName::bigint,
    TypeName::double_precision,
    TypeName::numeric,
    TypeName::timestamp,
    TypeName::uuid,
    TypeName::bytea,
};

std::string heading_of(TypeName type) {
  const std::string name = format_column_type({.name = type});
  if (type == TypeName::numeric) return "numeric, numeric(p,s)";
  if (type == TypeName::bytea) return "bytea (PostgreSQL)";
  return name;
}

}  // namespace

std::string render_types_page() {
  std::string page(kHead);
  for (const TypeName type : kColumnTypes) {
    page += "\n## " + heading_of(type) + "\n\n| BSON | fits |\n| --- | --- |\n";
    for (const NamedBson& bson : kBsonNames) {
      const Fit* const fit = find_fit(bson.type, type);
      if (fit == nullptr) continue;
      page.append("| ").append(bson.name).append(" | ");
      page.append(fit->condition.empty() ? "always" : fit->condition).append(" |\n");
    }
  }
  page += kTail;
  return page;
}

}  // namespace relay
