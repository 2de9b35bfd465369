// RowMaker: planned writes to the rows and dead letters of one batch.
//
// A document that the table's filter does not want is removed: it may have been wanted before.
//
// One thread, the assembling one.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "apply/sink.h"
#include "core/batch.h"
#include "decode/row_encoder.h"
#include "plan/batch_builder.h"

namespace relay {

// The encoders of all tables so far, kept from batch to batch.
class Encoders {
 public:
  // For a target that is known, and needs no reading.
  explicit Encoders(JsonTarget target) : target_(target) {}
  // `sink` outlives the encoders; it is open before the first row is made.
  explicit Encoders(Sink& sink) : sink_(&sink) {}

  // Before rows of such a table are made, read() has to ask the target for its sub-columns.
  [[nodiscard]] bool is_unread(const TableMapping& table) const;
  // Errors are of the sink.
  Status read(const TableMapping* table);
  // The same from somebody who has asked already.
  void know(const TableMapping* table, const std::vector<SubColumn>& sub_columns);

  RowEncoder& of(const TableMapping* table) {
    return encoders_.try_emplace(table, *table, target()).first->second;
  }
  // What was made of all tables since the last call is part of a batch, or was given up.
  void end_batch();
  void discard_batch();
  // The mapping was replaced: no row of the old one is made any more. What is known of the table's
  // sub-columns stays known.
  void replace(const TableMapping* old, const TableMapping* next);
  // Values that did not fit since the last call, for each table and column that had some.
  std::map<std::string, std::map<std::string, std::uint64_t>> take_misfits();

 private:
  using Misfits = std::map<std::string, std::map<std::string, std::uint64_t>>;

  void take_misfits(const TableMapping* table, const RowEncoder& encoder, Misfits& taken);

  [[nodiscard]] JsonTarget target() const { return sink_ == nullptr ? target_ : sink_->target(); }

  JsonTarget target_ = JsonTarget::postgresql;
  Sink* sink_ = nullptr;  // Knows better.
  std::map<const TableMapping*, RowEncoder> encoders_;
  std::set<const TableMapping*> read_;
  std::map<const TableMapping*, std::vector<std::uint64_t>> reported_;
  Misfits of_forgotten_;
};

class RowMaker {
 public:
  // `encoders` outlives the maker.
  explicit RowMaker(Encoders& encoders) : encoders_(encoders) {}

  // The row of the document, or of the event when the table is a log of events (`document` empty:
  // there is none any more). Without an event (no token) the document is one of a snapshot.
  void add(const PlannedWrite& write, RawDocument document);
  void remove(const PlannedWrite& write);
  // No rows, but the table is to be made or checked.
  TableRows& rows_of(const TableMapping* table);

  // Of the rows and letters so far.
  [[nodiscard]] std::size_t byte_count() const { return byte_count_; }

  // Tables that need columns before all of the rows can be made (evolve = "add"): what was made so
  // far is of no use, and their encoders know the columns.
  [[nodiscard]] const std::set<const TableMapping*>& growing() const { return growing_; }

  // Once: everything that was added.
  Batch take();

 private:
  RowOutcome encode(const PlannedWrite& write, RawDocument document, RowBlock& upserts);
  void reject(const PlannedWrite& write, RawDocument document, const RowOutcome& outcome);

  Encoders& encoders_;
  Batch batch_;
  std::map<const TableMapping*, std::size_t> slots_;  // Into batch_.tables.
  std::set<const TableMapping*> growing_;
  std::size_t byte_count_ = 0;
};

}  // namespace relay
