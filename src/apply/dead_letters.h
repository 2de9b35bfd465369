// Dead letters in relay.dead_letter: written with the batch they belong to, closed with the batch
// that brings a good version of the row, or its delete. Private to apply/.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apply/pg_pipeline.h"
#include "core/batch.h"
#include "core/result.h"

namespace relay {

class DeadLetters {
 public:
  explicit DeadLetters(std::string stream) : stream_(std::move(stream)) {}

  static void queue_preparation(PgPipeline& pipeline);

  // Counts what is open; without any, batches cost nothing extra.
  Status load(PgConnection& connection);

  // Of all tables; exact as of the last load(), and after a batch with letters in it. In between it
  // does not know of letters that somebody else closes.
  [[nodiscard]] std::uint64_t open_count() const;

  // Queues the closing of letters, then the new ones.
  void queue(PgPipeline& pipeline, const Batch& batch);

  // The batch that was queued last is durable.
  void settle(const PgOutcome& outcome);

 private:
  void queue_closing(PgPipeline& pipeline, const TableRows& rows, const RowBlock& block);
  void read_counts(const PgAnswer& answer);
  static void queue_insertion(PgPipeline& pipeline, const std::string& stream, const Batch& batch);

  // A queued statement that closes letters of a table.
  struct Closing {
    std::size_t statement = 0;
    std::string table;
  };

  std::string stream_;
  std::map<std::string, std::int64_t> open_;  // By table; at least as many as there are.
  std::vector<Closing> closings_;
  std::optional<std::size_t> recount_;  // The queued statement that counts what is open.
};

}  // namespace relay
