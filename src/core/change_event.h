// Change event: one document of a change stream, decoded. All views point into the reply it came
// in.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/name_space.h"
#include "core/position.h"
#include "core/raw_document.h"

namespace relay {

// The server's words. A word that is not here is `unknown`, and never an error.
enum class OperationType : std::uint8_t {
  insert,
  update,
  replace,
  delete_,
  invalidate,
  drop,
  rename,
  drop_database,
  create,
  create_indexes,
  drop_indexes,
  modify,
  unknown,
};

struct ChangeEvent {
  OperationType operation = OperationType::unknown;
  std::string_view operation_name;  // As the server wrote it.
  TokenView token;                  // Its data is never empty.
  ClusterTime cluster_time;         // Zero: the event has none.
  std::int64_t wall_time_ms =
      0;                     // Since 1970, may be negative. 0: the event has none (servers < 6.0).
  NamespaceView ns;          // Empty: the event has none (invalidate).
  NamespaceView to;          // Of a rename; else empty.
  RawDocument document_key;  // Of insert, update, replace, delete; else empty.
  // Empty: absent or null. Of an update that is the rule, unless the stream asks for post-images;
  // of an insert or replace it means that the event was too large to be sent whole. The document
  // has to be fetched by its key then.
  RawDocument full_document;
  RawDocument update_description;     // Of an update, when the stream asks for it; else empty.
  RawDocument operation_description;  // Of a create and others that are no rows; else empty.
  RawDocument transaction_session;  // `lsid` of a transaction's event; empty: not in a transaction.
  std::int64_t transaction_number = 0;
  // A large event comes in fragments, counted from 1, each with a token of its own and some of the
  // fields (decode/fragment_merger.h). Both 0: the event is whole.
  std::int32_t fragment = 0;
  std::int32_t fragment_count = 0;
};

// True for two events of one source transaction.
bool is_same_transaction(const ChangeEvent& a, const ChangeEvent& b);

}  // namespace relay
