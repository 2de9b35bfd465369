#include "verify/repair.h"

#include <algorithm>
#include <utility>

#include "decode/key_parse.h"
#include "decode/key_text.h"

namespace relay {
namespace {

// The relay waits meanwhile.
constexpr std::size_t kRowsAtOnce = 500;
constexpr std::size_t kBytesAtOnce = 8U << 20U;

constexpr char kForeignKey[] = "no document has such a key: somebody else's row";
constexpr char kNoColumn[] = "it needs a column that only the relay adds";

std::size_t count_rows(TableRows& rows) {
  return rows.upserts.row_count() + rows.removals.row_count();
}

}  // namespace

Result<std::uint64_t> Repair::run(TableSides& sides,
                                  std::span<const Dispute* const> differences,
                                  const OnStay& on_stay) {
  std::vector<const Dispute*> ours;
  for (const Dispute* difference : differences) {
    if (difference->id.empty()) {
      on_stay(*difference, kForeignKey);
    } else {
      ours.push_back(difference);
    }
  }
  Work work{.sides = sides, .on_stay = on_stay};
  for (std::size_t first = 0; first < ours.size(); first += kRowsAtOnce) {
    const Piece piece = Piece(ours).subspan(first, std::min(kRowsAtOnce, ours.size() - first));
    if (Status mended = mend(work, piece); !mended.ok()) return mended.error();
  }
  return work.mended;
}

Status Repair::mend(Work& work, Piece piece) {
  Made made;
  const Status written = links_.mender.mend(stream_, [&]() -> Result<Batch> {
    // Behind the lock: with evolve = "add" nobody adds a column from here on.
    if (Status fresh = work.sides.refresh(); !fresh.ok()) return fresh.error();
    return make_rows(work.sides, piece, made);
  });
  const bool is_refused = !written.ok() && written.error().kind == ErrorKind::row_rejected;
  if (!written.ok() && !is_refused) return written;
  if ((is_refused || made.is_too_large) && piece.size() > 1) {
    const std::size_t half = piece.size() / 2;
    if (Status first = mend(work, piece.first(half)); !first.ok()) return first;
    return mend(work, piece.subspan(half));
  }
  for (const Dispute* difference : piece) {
    const auto reason = made.why_not.find(difference->text);
    if (is_refused) {
      work.on_stay(*difference, written.error().message);
    } else if (reason != made.why_not.end()) {
      work.on_stay(*difference, reason->second);
    } else {
      ++work.mended;
    }
  }
  return ok_status();
}

Result<Batch> Repair::make_rows(TableSides& sides, Piece piece, Made& made) {
  const TableMapping& table = sides.mapping();
  const Result<ClusterTime> now = links_.source.current_time();
  if (!now.ok()) return now.error();
  const auto documents = read_documents(table, piece, now.value(), made);
  if (!documents.ok()) return documents.error();
  Encoders encoders(links_.mender.target());
  const Result<std::vector<SubColumn>> known = links_.mender.read_sub_columns(table);
  if (!known.ok()) return known.error();
  if (!known.value().empty()) encoders.of(&table).set_sub_columns(known.value());
  if (encoders.of(&table).is_learning()) {
    for (const auto& [text, document] : documents.value())
      encoders.of(&table).learn(view_of_bytes(document));
  }
  RowMaker rows(encoders);
  if (made.is_too_large) return rows.take();
  TableRows& of_table = rows.rows_of(&table);
  for (const Dispute* difference : piece) {
    PlannedWrite write;
    write.table = &table;
    write.key = difference->text;
    write.document_key = view_of_bytes(difference->id);
    write.cluster_time = now.value();
    const std::size_t before = count_rows(of_table);
    const auto document = documents.value().find(difference->text);
    if (document == documents.value().end()) {
      rows.remove(write);
    } else {
      rows.add(write, view_of_bytes(document->second));
    }
    if (count_rows(of_table) == before) made.why_not.emplace(difference->text, kNoColumn);
  }
  Batch batch = rows.take();
  for (const DeadLetter& letter : batch.dead_letters)
    made.why_not[letter.doc_key] = letter.reason + " " + letter.detail;
  return batch;
}

Result<std::map<std::string, std::string>> Repair::read_documents(const TableMapping& table,
                                                                  Piece piece,
                                                                  ClusterTime now,
                                                                  Made& made) {
  std::vector<RawDocument> ids;
  std::map<std::string, std::string> documents;
  for (const Dispute* difference : piece)
    ids.push_back(view_of_bytes(difference->id));
  std::size_t bytes = 0;
  const auto take = [&](RawDocument document) {
    std::string text;
    if (!append_key_text(document, text)) return true;
    bytes += document.size();
    made.is_too_large = bytes > kBytesAtOnce && piece.size() > 1;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes kept as text.
    documents[text].assign(reinterpret_cast<const char*>(document.data()), document.size());
    return !made.is_too_large;
  };
  const Status looked_up =
      links_.source.look_up({.ns = view_of(table.from), .keys = ids, .not_before = now}, take);
  if (!looked_up.ok()) return looked_up.error();
  return documents;
}

}  // namespace relay
