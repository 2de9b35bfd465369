// TableSample: sampled documents of a collection, tried on one table as the relay would write them.
//
// Nothing is written: rows are encoded and thrown away. What is learnt are counts and names.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/raw_document.h"
#include "core/target_kind.h"
#include "decode/row_encoder.h"
#include "mapping/sub_column.h"
#include "mapping/table_mapping.h"
#include "survey/field_statistics.h"

namespace relay {

// What the sample says about a table.
struct SampleFacts {
  std::uint64_t documents = 0;                        // Looked at, each once.
  std::uint64_t unwanted = 0;                         // Of these, left out by `where`.
  std::map<std::string, std::uint64_t> rejections{};  // Documents that would be dead letters.
  std::map<std::string, std::uint64_t> misfits{};     // Values, by column of the mapping.
  // Where JSON columns change values: those that would stand in `overflow`, by the JSON column, and
  // documents with such values, by field ("address.zip"). Not all fields where there are too many.
  std::map<std::string, std::uint64_t> overflow_values{};
  std::map<std::string, std::uint64_t> overflow_fields{};
  std::uint64_t sub_columns = 0;     // Inside of the JSON columns, with those there are already.
  bool has_room_for_columns = true;  // False: values of further names stand in `overflow`, too.
  std::vector<FieldFacts> fields{};  // Of the documents that are wanted.
  bool has_more_names = false;       // As in FieldStatistics.
};

class TableSample {
 public:
  // `mapping` outlives the sample. `known`: what the target's table has inside of its columns.
  TableSample(const TableMapping& mapping, TargetKind target, const std::vector<SubColumn>& known);

  // A document that was added before (by its key) is passed over.
  void add(RawDocument document);

  // Once, at the end.
  [[nodiscard]] SampleFacts facts();

 private:
  void take(const std::string& key, RawDocument document);
  void settle();
  RowOutcome encode(const std::string& key, RawDocument document);
  void note_overflow();

  const TableMapping& mapping_;
  RowEncoder encoder_;
  FieldStatistics fields_;
  std::set<std::string> keys_;
  // The relay's first batch, which decides about the types of a new table's sub-columns.
  struct Held {
    std::string key;
    std::vector<std::uint8_t> document;
  };
  std::vector<Held> held_;
  std::size_t held_bytes_ = 0;
  SampleFacts facts_;
};

}  // namespace relay
