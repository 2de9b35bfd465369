// What a command needs to read documents and find their tables beside a running relay: the tables
// of each stream, and a source without a stream.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.h"
#include "core/result.h"
#include "mapping/table_map.h"
#include "source/change_source.h"

namespace relay {

// By the name of the stream. config_invalid: as to_table_rules() and TableMap::make().
Result<std::map<std::string, TableMap>> make_stream_maps(const std::vector<TableSettings>& tables);

// Lists, reads and looks up what any table of the settings is fed from. Connects to nobody.
// config_invalid: also when two streams would feed one table.
Result<std::unique_ptr<ChangeSource>> make_reading_source(const Settings& settings);

}  // namespace relay
