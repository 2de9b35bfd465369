// What a document or an array holds, found out before it is written: for ObjectWriter. Each walks
// over one level.
#pragma once

#include "core/raw_document.h"
#include "decode/bson_reader.h"

namespace relay {

// Of kinds of elements that an array has.
struct ArrayContent {
  bool has_documents = false;
  bool has_arrays = false;
  bool has_others = false;  // Nulls too.
  bool has_bare = false;    // Strings, bools, nulls: no objects in any form of JSON.
  bool has_values = false;  // The others of those.
  bool has_fractions = false;
};

ArrayContent look_into_array(RawDocument array);

// Whether a bigint could hold it, its range apart: no fraction, and within int64.
bool is_integral(double value);

// A finite double that is not integral.
bool is_fraction(const BsonElement& element);

// An element of the document before this one has its name.
bool has_name_before(RawDocument document, const BsonElement& element);

// Names with `$` in front make a document look like a value of Extended JSON; those of a DBRef
// (first $ref, second $id) do not count.
bool has_dollar_names(RawDocument document);

}  // namespace relay
