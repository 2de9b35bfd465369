#include "support/sim_judge.h"

#include <cstdlib>
#include <utility>

#include "mapping/table_shape.h"

namespace relay {
namespace {

std::string table_of(const std::string& collection) {
  return std::string(FakeOplog::kDatabase) + "." + collection;
}

std::string describe(const std::string& what, const std::string& collection, int key) {
  return what + " " + collection + "/" + std::to_string(key);
}

bool is_of_all(const FakeEvent& event) {
  return event.operation == OperationType::drop || event.operation == OperationType::rename;
}

}  // namespace

std::optional<int> SimJudge::row_seq(const Key& at) const {
  const auto row = target_.rows.find({table_of(at.first), std::to_string(at.second)});
  if (row == target_.rows.end()) return std::nullopt;
  return seq_of_row(row->second);
}

bool SimJudge::has_letter(const Key& at) const {
  return target_.letters.contains({table_of(at.first), std::to_string(at.second)});
}

void SimJudge::see_commit(const Batch& batch) {
  const Position& position = target_.checkpoint->position;
  commits_[position.token] = ++commit_count_;
  if (position.cluster_time < memory_.checked.cluster_time && !batch.may_move_back)
    complain("the position moved backwards");
  const std::size_t end = oplog_.index_after(position);
  if (!position.token.starts_with(oplog_.position_after(end).token))
    complain("the position lies inside an event");
  memory_.checked = position;
  // With a snapshot, and after a lost position, the stream begins at the moment it was opened.
  const bool is_snapshot = !target_.snapshots.empty();
  if (!memory_.first || batch.may_move_back)
    memory_.first = is_snapshot ? target_.opened_now_at : 0;
  std::map<Key, const FakeEvent*> last;
  for (std::size_t i = *memory_.first; i < end; ++i) {
    const FakeEvent& event = oplog_.events()[i];
    if (is_of_all(event))
      std::erase_if(last, [&](const auto& at) { return at.first.first == event.collection; });
    else if (event.operation != OperationType::create)
      last[{event.collection, event.key}] = &event;
  }
  for (const auto& [at, event] : last)
    check_key(at, *event, end);
  check_versions(batch);
}

void SimJudge::check_key(const Key& at, const FakeEvent& event, std::size_t end) {
  const std::optional<int> seq = row_seq(at);
  const bool is_deleted = event.operation == OperationType::delete_;
  if (seq && *seq >= event.seq) return;
  if (!seq && is_deleted) return;
  // The row stays as it was before the version that was refused; that may have been a later one.
  if (has_letter(at)) return;
  if (is_deleted) return complain(describe("a deleted row is back:", at.first, at.second));
  // Missing: only right when the document was deleted later.
  if (seq || !goes_later(at, end))
    complain(describe("the position is ahead of the row", at.first, at.second));
}

bool SimJudge::goes_later(const Key& at, std::size_t end) const {
  for (std::size_t i = end; i < oplog_.events().size(); ++i) {
    const FakeEvent& later = oplog_.events()[i];
    const bool is_gone =
        is_of_all(later) || (later.key == at.second && later.operation == OperationType::delete_);
    if (later.collection == at.first && is_gone) return true;
  }
  return false;
}

void SimJudge::check_versions(const Batch& batch) {
  for (const TableRows& rows : batch.tables) {
    const std::string& collection = rows.table->from.collection;
    for (const RowChunk& chunk : rows.upserts.chunks()) {
      for (const std::string& text : cells_of(chunk, 0)) {
        const int key = std::atoi(text.c_str());
        const std::optional<int> seq = row_seq({collection, key});
        if (!seq || !oplog_.has_been(collection, key, *seq))
          complain(describe("no version of the document is like the row", collection, key));
      }
    }
  }
}

void SimJudge::see_save(const std::string& owner, const Checkpoint& saved) {
  const auto commit = commits_.find(saved.position.token);
  if (commit == commits_.end()) return complain("a position is stored that the target never had");
  std::uint64_t& before = saved_[owner];
  if (commit->second < before) complain("the stored position moved backwards");
  before = commit->second;
}

void SimJudge::see_restore(const Memory& memory) {
  memory_ = memory;
  if (target_.checkpoint) commits_[target_.checkpoint->position.token] = ++commit_count_;
}

std::string SimJudge::document_difference(const Key& at, int seq) const {
  const std::optional<int> row = row_seq(at);
  const bool is_refused = target_.refused_seq_every > 0 && seq % target_.refused_seq_every == 0;
  if (is_refused)
    return has_letter(at) ? "" : describe("neither row nor letter", at.first, at.second);
  if (!row) return describe("missing", at.first, at.second);
  if (*row != seq) return describe("differs", at.first, at.second);
  if (has_letter(at)) return describe("a letter for a good row", at.first, at.second);
  const std::string& text = target_.rows.at({table_of(at.first), std::to_string(at.second)});
  const bool has_extra = text.find("\"extra\":" + std::to_string(seq)) != std::string::npos;
  return has_extra == has_extra_field(seq) ? "" : describe("extra differs", at.first, at.second);
}

std::string SimJudge::difference(const std::string& emptied) const {
  for (const auto& [at, seq] : oplog_.documents()) {
    std::string what = document_difference(at, seq);
    if (!what.empty()) return what;
  }
  for (const auto& [at, row] : target_.rows) {
    const std::string collection = at.first.substr(at.first.find('.') + 1);
    if (!oplog_.exists(collection) && collection != emptied) continue;
    if (!oplog_.document(collection, std::atoi(at.second.c_str())))
      return describe("extra", collection, std::atoi(at.second.c_str()));
  }
  return "";
}

}  // namespace relay
