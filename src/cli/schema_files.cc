#include "cli/schema_files.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "mapping/field_path.h"
#include "mapping/table_name.h"
#include "survey/schema_choice.h"

namespace relay {
namespace {

struct SchemaFile {
  std::filesystem::path path;
  PlannedTable* table = nullptr;
  SchemaChoice choice;
};

Error write_error(const std::filesystem::path& path, const std::string& why) {
  return {ErrorKind::config_invalid,
          "write mapping file " + path.string() + ": " + why,
          "give --write-schema another folder"};
}

}  // namespace

Status write_schema_files(const std::string& directory, PlanReport& report) {
  std::map<std::string, int> uses;
  for (const PlannedTable& table : report.tables)
    ++uses[table.to.table];
  std::vector<SchemaFile> files;
  for (PlannedTable& table : report.tables) {
    SchemaChoice choice = choose_schema(table.sample.fields, report.target_kind);
    if (table.mode != MappingMode::mirror || choice.file.columns.empty()) continue;
    const std::filesystem::path path =
        std::filesystem::path(directory) / name_schema_file(table.to, uses[table.to.table] > 1);
    if (std::filesystem::exists(std::filesystem::symlink_status(path)))
      return write_error(path, "it is there already");
    files.push_back({path, &table, std::move(choice)});
  }
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) return write_error(directory, failed.message());
  for (const SchemaFile& file : files) {
    std::ofstream out(file.path, std::ios::binary);
    out << format_schema_file(*file.table, file.choice) << std::flush;
    if (!out) return write_error(file.path, std::strerror(errno));
    file.table->schema_file = file.path.string();
    for (const ShortenedColumn& column : file.choice.shortened) {
      report.findings.push_back({Severity::note,
                                 format_table(file.table->to),
                                 "field " + show_name(format_path(column.path)) +
                                     " gets the column " + show_name(column.name),
                                 ""});
    }
  }
  return ok_status();
}

}  // namespace relay
