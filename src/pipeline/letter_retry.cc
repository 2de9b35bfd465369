#include "pipeline/letter_retry.h"

#include <optional>
#include <utility>
#include <vector>

#include "apply/letter_key.h"
#include "decode/key_parse.h"
#include "decode/key_text.h"
#include "pipeline/row_maker.h"

namespace relay {
namespace {

RetryResult stays(std::string why) {
  return {.outcome = RetryResult::Outcome::stays, .why = std::move(why)};
}

// A key this long may be the beginning of a longer one, with a hash behind it.
bool is_shortened(const std::string& key) {
  constexpr std::size_t kCharacterBytesMax = 4;
  return key.size() + kCharacterBytesMax > kLetterKeyBytesMax;
}

}  // namespace

Status LetterRetry::find_tables() {
  const Result<std::vector<CollectionInfo>> listed = links_.source.list_collections();
  if (!listed.ok()) return listed.error();
  for (const CollectionInfo& collection : listed.value()) {
    if (collection.kind != CollectionKind::collection) continue;
    collections_.insert(collection.ns);
    for (auto& [stream, tables] : links_.tables) {
      const auto routed = tables.route(view_of(collection.ns));
      if (!routed.ok()) return routed.error();
    }
  }
  return ok_status();
}

const TableMapping* LetterRetry::find_table(const StoredLetter& letter, std::string& why) const {
  const auto of_stream = links_.tables.find(letter.stream);
  const TableMapping* found = nullptr;
  if (of_stream != links_.tables.end()) {
    for (const TableMapping* table : of_stream->second.known()) {
      if (format_table(table->to) == letter.table) found = table;
    }
  }
  if (found == nullptr) {
    why = "the settings have no such table in stream " + letter.stream +
          ", or its collection is gone: discard it";
  } else if (found->mode == MappingMode::append) {
    why = "an event of the past cannot be asked for again: discard it";
  } else if (found->evolve == Evolve::add) {
    why = "with evolve = \"add\" only the relay knows the columns: relay snapshot " + letter.table;
  } else if (!collections_.contains(found->from)) {
    why = "collection " + format_namespace(view_of(found->from)) + " is gone: discard it";
  } else if (is_shortened(letter.doc_key)) {
    why = "the key is too long";
  } else {
    return found;
  }
  return nullptr;
}

Result<RetryResult> LetterRetry::retry(const StoredLetter& letter) {
  std::string why;
  const TableMapping* table = find_table(letter, why);
  if (table == nullptr) return stays(why);
  std::string document_key;
  if (!parse_key(ColumnType{}, letter.doc_key, document_key))
    return stays("its _id cannot be read back from the letter");
  if (!prepared_.contains(table)) {
    if (Status ready = links_.writer.prepare(*table); !ready.ok()) return ready.error();
    prepared_.insert(table);
  }
  bool is_removed = false;
  const auto make = [&] {
    Result<Batch> batch = make_rows(*table, letter, view_of_bytes(document_key));
    if (batch.ok()) {
      is_removed =
          batch.value().tables.empty() || batch.value().tables.front().upserts.row_count() == 0;
      for (const DeadLetter& again : batch.value().dead_letters)
        why = again.reason + " " + again.detail;
    }
    return batch;
  };
  const Result<Rewriting> rewritten = links_.writer.rewrite(letter, make);
  if (!rewritten.ok()) {
    if (rewritten.error().kind != ErrorKind::row_rejected) return rewritten.error();
    return stays(rewritten.error().message);
  }
  using Outcome = RetryResult::Outcome;
  switch (rewritten.value()) {
    case Rewriting::unfit:
      return stays(why);
    case Rewriting::closed_before:
      return RetryResult{.outcome = Outcome::closed_before};
    case Rewriting::written:
      break;
  }
  return RetryResult{.outcome = is_removed ? Outcome::removed : Outcome::written};
}

Result<std::optional<std::string>> LetterRetry::look_up(const TableMapping& table,
                                                        const StoredLetter& letter,
                                                        RawDocument document_key,
                                                        const ClusterTime& now) {
  std::optional<std::string> document;
  const Status looked_up = links_.source.look_up(
      {.ns = view_of(table.from), .keys = {&document_key, 1}, .not_before = now},
      [&](RawDocument found) {
        // Under a collation the source may also return one whose _id only compares equal.
        std::string key;
        if (!append_key_text(found, key) || key != letter.doc_key) return true;
        document.emplace(reinterpret_cast<const char*>(found.data()), found.size());
        return false;
      });
  if (!looked_up.ok()) return looked_up.error();
  return document;
}

Result<Batch> LetterRetry::make_rows(const TableMapping& table,
                                     const StoredLetter& letter,
                                     RawDocument document_key) {
  const Result<ClusterTime> now = links_.source.current_time();
  if (!now.ok()) return now.error();
  // Afresh for each letter: a row that was refused before this one may have left columns or none.
  Encoders encoders(links_.writer.target());
  if (encoders.is_unread(table)) {
    const Result<std::vector<SubColumn>> known = links_.writer.read_sub_columns(table);
    if (!known.ok()) return known.error();
    encoders.know(&table, known.value());
  }
  const Result<std::optional<std::string>> document =
      look_up(table, letter, document_key, now.value());
  if (!document.ok()) return document.error();
  PlannedWrite write;
  write.table = &table;
  write.key = letter.doc_key;
  write.document_key = document_key;
  write.cluster_time = now.value();
  RowMaker rows(encoders);
  if (document.value()) {
    rows.add(write, view_of_bytes(*document.value()));
  } else {
    rows.remove(write);
  }
  return rows.take();
}

}  // namespace relay
