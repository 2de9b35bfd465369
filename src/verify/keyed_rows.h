// KeyedRows: the rows of a few buckets with their keys, to find those about which the sides do not
// agree.
//
// Threads: add_source() and add_target() may run at the same time, each in one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "verify/buckets.h"
#include "verify/dispute.h"
#include "verify/source_rows.h"
#include "verify/target_rows.h"

namespace relay {

class KeyedRows {
 public:
  // Outlives this.
  explicit KeyedRows(const BucketSet& buckets) : buckets_(buckets) {}

  // Rows of other buckets are passed over.
  void add_source(const SourceRow& row);
  void add_target(const TargetRow& row);

  // Once. `make_id`: of the text of a key column the document {_id: value}; empty when no document
  // has such a key.
  using MakeId = std::function<std::string(const std::string& key, const std::string& text)>;
  std::vector<Dispute> take_disputes(const MakeId& make_id);

 private:
  struct SourceEntry {
    Side side{};
    std::string id{};
  };
  struct TargetEntry {
    Digest digest{};
    std::string text{};
  };

  const BucketSet& buckets_;
  std::unordered_map<std::string, SourceEntry> source_;  // By the canonical key.
  std::unordered_map<std::string, TargetEntry> target_;
};

}  // namespace relay
