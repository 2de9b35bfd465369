#include "pipeline/snapshot_stage.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "decode/key_parse.h"
#include "decode/key_text.h"
#include "mapping/table_shape.h"
#include "observe/log.h"

namespace relay {
namespace {

// How often a lane looks for work that nobody rings for.
constexpr std::chrono::milliseconds kLookEvery{100};

// A source that is ahead for this long lets one chunk of each lane pass.
constexpr std::chrono::seconds kBehindMax{5};

// Ranges smaller than this are not worth a lane of their own.
constexpr std::uint64_t kPartDocumentsMin = 5'000;

// A kill costs the chunks that were read and are not applied, about four. With two ranges that is
// one part in 65 of the collection.
constexpr std::uint64_t kChunksOfPart = 130;

// Below that a chunk's round trips and its transaction cost more than its rows.
constexpr std::size_t kChunkRowsMin = 500;

// A find with that many keys is as cheap as it gets, and its answer fits one reply.
constexpr std::size_t kSweepRows = 2'000;

bool is_of_target(const Error& error) {
  return error.kind == ErrorKind::sink_unavailable || error.kind == ErrorKind::sink_unknown ||
         error.kind == ErrorKind::sink_refused;
}

}  // namespace

std::size_t chunk_rows_of(const SnapshotPart& part, const SnapshotOptions& options) {
  if (part.rows_estimated == 0) return options.chunk_rows;
  const std::uint64_t share = part.rows_estimated / kChunksOfPart;
  return std::min<std::size_t>(options.chunk_rows, std::max<std::size_t>(share, kChunkRowsMin));
}

SnapshotStage::SnapshotStage(Links links,
                             std::size_t lane,
                             const SnapshotOptions& options,
                             Patience source_patience,
                             Patience target_patience)
    : links_(links),
      lane_(lane),
      options_(options),
      source_retry_("source", source_patience, 10 + lane, links.clock),
      target_retry_("target", target_patience, 10 + lane, links.clock) {}

StepState SnapshotStage::step() {
  if (failure_) return StepState::failed;
  if (links_.control.is_draining() || links_.chunks.is_closed()) return StepState::finished;
  const Clock::TimePoint now = links_.clock.now();
  wake_at_ = std::max(retry_at_, now + kLookEvery);
  if (now < retry_at_) return StepState::idle;
  if (pending_) return hand_on();
  if (!may_claim(now)) return StepState::idle;
  const std::optional<SnapshotClaim> claim = links_.board.claim();
  return claim ? read(*claim) : StepState::idle;
}

bool SnapshotStage::may_claim(Clock::TimePoint now) {
  const ProgressSnapshot progress = links_.progress.snapshot();
  if (!progress.is_source_connected || !progress.is_target_connected) return false;
  if (!progress.is_source_ahead) {
    behind_since_.reset();
    return true;
  }
  if (progress.is_runway_shrinking) return false;
  if (!behind_since_) behind_since_ = now;
  if (now < *behind_since_ + kBehindMax) return false;
  behind_since_ = now;
  return true;
}

StepState SnapshotStage::hand_on() {
  if (!links_.board.is_current(pending_->claim)) {
    links_.board.close(pending_->claim);
    pending_.reset();
    return StepState::ran;
  }
  const SnapshotClaim claim = pending_->claim;
  const std::optional<SnapshotPart> next = pending_->next;
  // What is read ahead is read again after a kill: one chunk waits and one is in the hand of each
  // lane, also when chunks are small.
  const std::size_t weight = std::max(pending_->chunk.byte_count, options_.chunk_bytes);
  if (!links_.chunks.try_push(*pending_, weight)) return StepState::idle;
  pending_.reset();
  links_.board.advance(claim, next);
  return StepState::ran;
}

StepState SnapshotStage::read(const SnapshotClaim& claim) {
  Result<ReadChunk> read = [&] {
    switch (claim.job) {
      case SnapshotClaim::Job::plan:
        return plan(claim);
      case SnapshotClaim::Job::copy:
        return copy(claim);
      case SnapshotClaim::Job::sweep:
        return sweep(claim);
    }
    return Result<ReadChunk>(Error{});
  }();
  if (!read.ok()) return on_error(claim, read.error());
  source_retry_.on_success();
  target_retry_.on_success();
  pending_ = std::move(read.value());
  return StepState::ran;
}

Result<ReadChunk> SnapshotStage::plan(const SnapshotClaim& claim) {
  Result<KeyPage> first = links_.sink.read_keys(*claim.table, std::nullopt, 1);
  if (!first.ok()) return first.error();
  Result<CollectionSplit> split = links_.source.split({.lane = lane_,
                                                       .ns = view_of(claim.table->from),
                                                       .parts_max = options_.parallel,
                                                       .part_documents_min = kPartDocumentsMin});
  if (!split.ok()) return split.error();
  const bool is_fresh = first.value().keys.empty() || claim.table->mode == MappingMode::append;
  const std::vector<KeyBound>& bounds = split.value().bounds;
  ReadChunk read{.claim = claim};
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    SnapshotPart part{.table = format_table(claim.table->to), .part = static_cast<int>(i)};
    if (i > 0) part.next = bounds[i - 1];
    if (i < bounds.size()) part.end = bounds[i];
    part.state = is_fresh ? SnapshotState::copying : SnapshotState::merging;
    part.rows_estimated = split.value().documents_estimated / (bounds.size() + 1);
    read.planned.push_back(std::move(part));
  }
  log_info("snapshot begins",
           {{"table", format_table(claim.table->to)},
            {"documents_estimated", split.value().documents_estimated},
            {"parts", bounds.size() + 1},
            {"table_is_empty", is_fresh}});
  return read;
}

Result<ReadChunk> SnapshotStage::copy(const SnapshotClaim& claim) {
  Result<Chunk> chunk =
      links_.source.read_chunk({.lane = lane_,
                                .ns = view_of(claim.table->from),
                                .from = claim.part.next,
                                .to = claim.part.end,
                                .documents_max = chunk_rows_of(claim.part, options_),
                                .bytes_max = options_.chunk_bytes});
  if (!chunk.ok()) return chunk.error();
  ReadChunk read{.claim = claim, .chunk = std::move(chunk.value())};
  if (read.chunk.next) {
    read.next = claim.part;
    read.next->next = *read.chunk.next;
  }
  return read;
}

Result<ReadChunk> SnapshotStage::sweep(const SnapshotClaim& claim) {
  std::optional<std::string> after;
  if (!claim.part.next_row.empty()) after = claim.part.next_row;
  Result<KeyPage> page = links_.sink.read_keys(*claim.table, after, kSweepRows);
  if (!page.ok()) return page.error();
  const ColumnType key_type = shape_of(*claim.table).front().type;
  std::vector<std::string> rows;
  for (const std::string& text : page.value().keys) {
    std::string document;
    if (parse_key(key_type, text, document)) rows.push_back(std::move(document));
  }
  // A row that no document can have made is not ours to remove, but nobody else would tell of it.
  if (rows.size() < page.value().keys.size()) {
    log_warn("rows with keys that no document can have stay as they are",
             {{"table", format_table(claim.table->to)},
              {"rows", page.value().keys.size() - rows.size()}});
  }
  ReadChunk read{.claim = claim};
  if (!rows.empty()) {
    std::vector<RawDocument> keys;
    for (const std::string& row : rows)
      keys.push_back(view_of_bytes(row));
    Result<FoundKeys> found =
        links_.source.find_keys({.lane = lane_, .ns = view_of(claim.table->from), .keys = keys});
    if (!found.ok()) return found.error();
    read.chunk.low = found.value().low;
    read.chunk.high = found.value().high;
    std::set<std::string> existing;
    for (const std::string& document : found.value().keys) {
      std::string text;
      if (append_key_text(view_of_bytes(document), text)) existing.insert(std::move(text));
    }
    for (std::string& row : rows) {
      std::string text;
      if (append_key_text(view_of_bytes(row), text) && !existing.contains(text))
        read.gone.push_back(std::move(row));
    }
  }
  if (!page.value().is_last) {
    read.next = claim.part;
    read.next->next_row = page.value().keys.back();
  }
  return read;
}

StepState SnapshotStage::on_error(const SnapshotClaim& claim, Error error) {
  links_.board.advance(claim, claim.part);
  links_.board.close(claim);
  if (links_.control.is_draining()) return StepState::finished;
  const bool is_target = is_of_target(error);
  if (is_target) {
    links_.progress.count_target_error(error.message);
  } else {
    links_.progress.count_source_error(error.message);
  }
  const std::optional<Clock::Duration> delay =
      is_target ? target_retry_.on_error(error) : source_retry_.on_error(error);
  if (!delay) {
    failure_ = std::move(error);
    links_.control.drain();
    return StepState::failed;
  }
  retry_at_ = links_.clock.now() + *delay;
  wake_at_ = retry_at_;
  return StepState::idle;
}

}  // namespace relay
