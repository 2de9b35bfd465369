#include "verify/table_check.h"

#include <algorithm>
#include <utility>

#include "verify/both_sides.h"
#include "verify/keyed_rows.h"
#include "verify/look_again.h"

namespace relay {
namespace {

constexpr char kNoLogs[] = "a log of events cannot be compared with documents";

Error no_table(const TableMapping& table) {
  return {ErrorKind::sink_refused,
          "compare table " + format_table(table.to) + ": there is no such table",
          "start the relay, which makes and fills it; relay plan says what it would do"};
}

std::uint64_t& count_of(TableOutcome& outcome, Verdict verdict, std::uint64_t& other) {
  switch (verdict) {
    case Verdict::equal:
      break;
    case Verdict::open:
      return outcome.unsettled;
    case Verdict::letter:
      return outcome.dead_letters;
    case Verdict::missing:
      return outcome.missing;
    case Verdict::extra:
      return outcome.extra;
    case Verdict::differs:
      return outcome.differs;
  }
  return other;
}

}  // namespace

TableCheck::TableCheck(Links links,
                       Options options,
                       OnDifferences on_differences,
                       ShowProgress show)
    : links_(links),
      options_(std::move(options)),
      on_differences_(std::move(on_differences)),
      show_(std::move(show)),
      wait_(links.watch,
            links.clock,
            links.standstill,
            {.stream = options_.stream, .patience = options_.patience},
            [this] { show_(progress_); }) {}

void TableCheck::show(CheckProgress::Step step) {
  progress_.step = step;
  show_(progress_);
}

Result<bool> TableCheck::has_collection(const TableMapping& table) {
  const Result<std::vector<CollectionInfo>> listed = links_.source.list_collections();
  if (!listed.ok()) return listed.error();
  return std::ranges::any_of(listed.value(), [&](const CollectionInfo& collection) {
    return collection.ns == table.from && collection.kind == CollectionKind::collection;
  });
}

Result<bool> TableCheck::prepare(const TableMapping& table) {
  if (table.mode == MappingMode::append) {
    outcome_.uncompared = kNoLogs;
    outcome_.is_uncompared_fine = true;
    return false;
  }
  const Result<bool> has_source = has_collection(table);
  if (!has_source.ok()) return has_source;
  const Result<bool> has_table = links_.reader.check(table);
  if (!has_table.ok()) return has_table;
  if (!has_source.value() && (!has_table.value() || table.on_drop == OnDrop::keep)) {
    outcome_.uncompared = "there is no collection " + outcome_.from +
                          (has_table.value() ? ", and on_drop = \"keep\" leaves its rows" : "");
    outcome_.is_uncompared_fine = true;
    return false;
  }
  if (!has_table.value()) return no_table(table);
  Result<std::string> obstacle = wait_.until_copied(outcome_.table);
  if (!obstacle.ok()) return obstacle.error();
  outcome_.uncompared = std::move(obstacle.value());
  return outcome_.uncompared.empty();
}

Result<TableOutcome> TableCheck::run(const TableMapping* table) {
  outcome_ = {};
  outcome_.table = format_table(table->to);
  outcome_.from = format_namespace(view_of(table->from));
  progress_ = {.step = CheckProgress::Step::copy, .table = outcome_.table};
  const Result<bool> is_comparable = prepare(*table);
  if (!is_comparable.ok()) return is_comparable.error();
  if (!is_comparable.value()) return outcome_;
  const Result<StreamStanding> standing = wait_.look();
  if (!standing.ok()) return standing.error();
  if (!standing.value().is_held) outcome_.relay = RelayWait::Outcome::nobody;
  sides_.emplace(TableSides::Links{links_.source, links_.reader, links_.tables}, table);
  if (Status fresh = sides_->refresh(); !fresh.ok()) return fresh.error();
  const Result<CollectionSplit> estimate =
      links_.source.split({.ns = view_of(table->from), .parts_max = 1});
  if (!estimate.ok()) return estimate.error();
  progress_.documents_estimated = estimate.value().documents_estimated;
  const Result<std::vector<BucketSet>> groups = fill_buckets();
  if (!groups.ok()) return groups.error();
  for (const BucketSet& group : groups.value()) {
    if (Status checked = check_group(group); !checked.ok()) return checked.error();
    if (!outcome_.uncompared.empty()) break;
  }
  return outcome_;
}

Result<std::vector<BucketSet>> TableCheck::fill_buckets() {
  Buckets source;
  Buckets target;
  // No row has such a digest: what cannot become a row is in dispute in any case.
  constexpr Digest kUnfit{.low = 1, .high = 1};
  const Status read = scan_both(
      sides_->source(),
      sides_->target(),
      {.on_document =
           [&](const SourceRow& row) {
             source.add(row.key, row.side.state == Side::State::unfit ? kUnfit : row.side.digest);
           },
       .on_row = [&](const TargetRow& row) { target.add(row.key, row.digest); }},
      [&](std::uint64_t documents, std::uint64_t rows) {
        progress_.documents = documents;
        progress_.rows = rows;
        show(CheckProgress::Step::scan);
      });
  if (!read.ok()) return read.error();
  outcome_.documents = source.row_count();
  outcome_.rows = target.row_count();
  return differing_buckets(source, target, options_.memory_bytes);
}

Status TableCheck::check_group(const BucketSet& group) {
  std::vector<Dispute> disputes;
  {
    KeyedRows rows(group);
    const Status read =
        scan_both(sides_->source(),
                  sides_->target(),
                  {.on_document = [&](const SourceRow& row) { rows.add_source(row); },
                   .on_row = [&](const TargetRow& row) { rows.add_target(row); }},
                  [&](std::uint64_t documents, std::uint64_t row_count) {
                    progress_.documents = documents;
                    progress_.rows = row_count;
                    show(CheckProgress::Step::narrow);
                  });
    if (!read.ok()) return read;
    disputes = rows.take_disputes([this](const std::string& key, const std::string& text) {
      return sides_->make_id(key, text);
    });
  }
  return settle(disputes);
}

Status TableCheck::settle(std::vector<Dispute>& disputes) {
  if (disputes.empty()) return ok_status();
  LookAgain again({.source = links_.source, .watch = links_.watch, .sides = *sides_, .wait = wait_},
                  options_.stream,
                  [this](LookAgain::Step step, std::size_t open) {
                    progress_.disputes = open;
                    show(step == LookAgain::Step::looking ? CheckProgress::Step::look
                                                          : CheckProgress::Step::relay);
                  });
  const Result<RelayWait::Outcome> relay = again.run(disputes);
  if (!relay.ok()) return relay.error();
  if (relay.value() != RelayWait::Outcome::passed) outcome_.relay = relay.value();
  std::vector<const Dispute*> differences;
  TableOutcome counts;
  std::uint64_t equal = 0;
  for (const Dispute& dispute : disputes) {
    ++count_of(counts, dispute.verdict, equal);
    if (is_difference(dispute.verdict)) differences.push_back(&dispute);
  }
  if (!differences.empty()) {
    const Result<bool> is_comparable = is_still_comparable();
    if (!is_comparable.ok()) return is_comparable.error();
    if (!is_comparable.value()) return ok_status();
  }
  outcome_.missing += counts.missing;
  outcome_.extra += counts.extra;
  outcome_.differs += counts.differs;
  outcome_.dead_letters += counts.dead_letters;
  outcome_.unsettled += counts.unsettled;
  return differences.empty() ? ok_status() : on_differences_(*sides_, differences);
}

// Since the beginning the collection may have been dropped, or replaced as a whole.
Result<bool> TableCheck::is_still_comparable() {
  const TableMapping& table = sides_->mapping();
  const Result<bool> has_source = has_collection(table);
  if (!has_source.ok()) return has_source;
  if (!has_source.value() && table.on_drop == OnDrop::keep) {
    outcome_.uncompared = "the collection was dropped meanwhile, and its rows stay";
    outcome_.is_uncompared_fine = true;
    return false;
  }
  const Result<std::optional<SnapshotPart>> copy = wait_.copy_of(outcome_.table);
  if (!copy.ok()) return copy.error();
  const bool is_copied = !copy.value() || copy.value()->state == SnapshotState::done ||
                         copy.value()->state == SnapshotState::dropped;
  if (!is_copied) outcome_.uncompared = "it is being copied again: look later";
  return is_copied;
}

}  // namespace relay
