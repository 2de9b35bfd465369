#include "cli/stream_maps.h"

#include <utility>

#include "cli/table_rules.h"
#include "source/mongo_source.h"

namespace relay {

Result<std::map<std::string, TableMap>> make_stream_maps(const std::vector<TableSettings>& tables) {
  std::map<std::string, std::vector<TableSettings>> by_stream;
  for (const TableSettings& table : tables)
    by_stream[table.stream].push_back(table);
  std::map<std::string, TableMap> maps;
  for (const auto& [stream, its_tables] : by_stream) {
    Result<std::vector<TableRule>> rules = to_table_rules(its_tables);
    if (!rules.ok()) return rules.error();
    Result<TableMap> map = TableMap::make(std::move(rules.value()));
    if (!map.ok()) return map.error();
    maps.emplace(stream, std::move(map.value()));
  }
  return maps;
}

Result<std::unique_ptr<ChangeSource>> make_reading_source(const Settings& settings) {
  Result<std::vector<TableRule>> rules = to_table_rules(settings.tables);
  if (!rules.ok()) return rules.error();
  const Result<TableMap> all = TableMap::make(std::move(rules.value()));
  if (!all.ok()) return all.error();
  MongoSourceOptions options;
  options.uri = settings.source.uri;
  options.scope.database = all.value().scope().single_database();
  options.connect_timeout = settings.source.connect_timeout;
  Result<std::unique_ptr<MongoSource>> source = MongoSource::make(std::move(options));
  if (!source.ok()) return source.error();
  return std::unique_ptr<ChangeSource>(std::move(source.value()));
}

}  // namespace relay
