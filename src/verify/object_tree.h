// ObjectTree: what the JSON columns of a row on CrateDB say together.
//
// There a value stands in `data` (or what `rest` is called) when that stores it exactly, else in
// `overflow`, in canonical Extended JSON; a document with a json column of its own stands there or,
// as a misfit, in one of the two. Which of them depends on the types that the table's sub-columns
// happen to have. So all of them are put into one tree, each value at its own place and in one
// form: as plain JSON has it (docs/values.md), or with json = "extended" as it is.
//
// Invariant: two rows made of one document have the same tree, whatever the types were.
//
// One thread.
#pragma once

#include <string>
#include <string_view>

#include "decode/json_value.h"
#include "mapping/table_mapping.h"

namespace relay {

class ObjectTree {
 public:
  explicit ObjectTree(JsonForm form) : form_(form) { clear(); }

  void clear();
  // `json`: an object, of `rest` or `overflow`. What it holds goes beside what is there already.
  // False: it is none, and the tree is of no use until clear().
  bool add(std::string_view json);
  // The same of a value that has a column of its own.
  bool add_at(const FieldPath& path, std::string_view json);
  // The same of a list of JSON texts, as the text of an array (array_text.h).
  bool add_list_at(const FieldPath& path, std::string_view list);

  // In the form of canonical_json.h. False: two columns hold different values of one field.
  bool append(std::string& out) const;

 private:
  void put_at(const FieldPath& path, JsonValue value);

  JsonForm form_;
  JsonValue root_;
};

}  // namespace relay
