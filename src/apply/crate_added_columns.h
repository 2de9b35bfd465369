// Columns that relay has added to tables on CrateDB (evolve = "add"), and relay.added_column, which
// says whose they are. Private to apply/.
//
//   ALTER TABLE ... ADD COLUMN      only what the table does not have
//   a row in relay.added_column     the column is the field's from here on
//   the rows of the batch
//
// Each step is durable by itself, and a batch that is applied again takes all of them again. Ended
// in between, a column is there that no row has a value in: like one of the user's it is taken when
// a field of its name appears. Invariant: no row has a value in an added column that
// relay.added_column does not name.
#pragma once

#include <string>
#include <vector>

#include "apply/crate_reader.h"
#include "apply/pg_connection.h"
#include "core/batch.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

struct AddedColumn {
  std::string column;
  std::string field;
  std::string type;  // As the catalogue calls it.
};

// To be read before the columns: a server that has just started shows tables without columns, and
// does not know this one at all.
Result<std::vector<AddedColumn>> read_added_columns(PgConnection& connection,
                                                    const TableMapping& mapping);

// What the table has besides the columns of the mapping. A column whose type is not as it was added
// is somebody else's.
LiveColumns to_live_columns(const TableMapping& mapping,
                            const std::vector<CrateColumn>& columns,
                            const std::vector<AddedColumn>& added);

// Forgets columns that are not there any more, so that a new one of the same name is its owner's.
Status forget_lost_columns(PgConnection& connection,
                           const TableMapping& mapping,
                           const std::vector<CrateColumn>& columns,
                           const std::vector<AddedColumn>& added);

// Does what the action says, also when part of it was done before. `now`: seconds since 1970.
// sink_refused: a column of the name was there, and is of another type.
Status add_crate_columns(PgConnection& connection, const TableAction& action, double now);

}  // namespace relay
