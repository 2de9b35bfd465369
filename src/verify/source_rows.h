// SourceRows: the rows that a collection's documents should have in one table, as digests.
//
// The documents go through the encoder that writes the rows, so filters, exclusions, defaults and
// misfits need no second set of rules here.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "decode/row_encoder.h"
#include "source/change_source.h"
#include "verify/canonical_row.h"
#include "verify/dispute.h"

namespace relay {

struct SourceRow {
  // The canonical cell of the key column; of a document that no row can have the key of, its key
  // text.
  std::string_view key;
  RawDocument document;
  Side side{};  // A row, or unfit.
};

// One thread at a time. Errors have the kinds of the source.
class SourceRows {
 public:
  // All outlive this. mode = "mirror".
  SourceRows(ChangeSource& source, const TableMapping& mapping, TargetKind target);

  // Views are valid during the call. Documents that the table does not want are left out.
  using Visit = std::function<void(const SourceRow& row)>;
  // How many documents have been read since the last call. False: no more are wanted, which is an
  // error.
  using Progress = std::function<bool(std::size_t documents)>;

  // All documents, none older than this call.
  Status scan(const Visit& visit, const Progress& progress);

  // Those of `ids`, documents {_id: value}, not older than this call; perhaps others, whose _id
  // only compares equal under the collection's collation.
  Status look(std::span<const RawDocument> ids, const Visit& visit);

  // The canonical key cell of {_id: value}; nullopt: no row can have this key.
  std::optional<std::string> make_key(const std::string& id);

  // The keys of `ids` as the parameter of read_rows_by_key_statement(), a chunk a call. Those that
  // no row can have are left out.
  [[nodiscard]] RowBlock make_keys(std::span<const std::string> ids);

 private:
  bool add(RawDocument document, RowBlock& block);
  void encode(std::span<const RawDocument> documents, const Visit& visit);
  void visit_unfit(RawDocument document, const Visit& visit);

  ChangeSource& source_;
  const TableMapping& mapping_;
  TargetKind target_;
  RowEncoder encoder_;
  CanonicalRow row_;
  std::string key_text_;
};

// {_id: value} of a document; empty: it has no _id.
std::string copy_id(RawDocument document);

}  // namespace relay
