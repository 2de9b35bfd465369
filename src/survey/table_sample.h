// TableSample: sampled documents of a collection, tried on one table as the relay would write them.
//
// Nothing is written: rows are encoded and thrown away. What is learnt are counts and names.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "core/raw_document.h"
#include "decode/row_encoder.h"
#include "mapping/table_mapping.h"
#include "survey/field_statistics.h"

namespace relay {

// What the sample says about a table.
struct SampleFacts {
  std::uint64_t documents = 0;                        // Looked at, each once.
  std::uint64_t unwanted = 0;                         // Of these, left out by `where`.
  std::map<std::string, std::uint64_t> rejections{};  // Documents that would be dead letters.
  std::map<std::string, std::uint64_t> misfits{};     // Values, by column of the mapping.
  std::vector<FieldFacts> fields{};                   // Of the documents that are wanted.
  bool has_more_names = false;                        // As in FieldStatistics.
};

class TableSample {
 public:
  // `mapping` outlives the sample.
  explicit TableSample(const TableMapping& mapping);

  // A document that was added before (by its key) is passed over.
  void add(RawDocument document);

  [[nodiscard]] SampleFacts facts() const;

 private:
  RowOutcome encode(const std::string& key, RawDocument document);

  const TableMapping& mapping_;
  RowEncoder encoder_;
  FieldStatistics fields_;
  std::set<std::string> keys_;
  SampleFacts facts_;
};

}  // namespace relay
