#include "cli/settings_flags.h"

#include <cstdlib>

#include <CLI/CLI.hpp>

namespace relay {

void add_source_flag(CLI::App& command, CommandContext& context) {
  command.add_option("--source", context.flags.source_uri, "Source to read (source.uri)")
      ->type_name("URI");
}

void add_target_flag(CLI::App& command, CommandContext& context) {
  command.add_option("--target", context.flags.target_uri, "Target to write to (target.uri)")
      ->type_name("URI");
}

void add_replication_flags(CLI::App& command, CommandContext& context) {
  add_source_flag(command, context);
  add_target_flag(command, context);
  command
      .add_option("--table",
                  context.flags.tables,
                  "Collection, or a pattern such as 'shop.*', and its table; repeatable, replaces "
                  "those of the file")
      ->type_name("FROM[=TO]")
      ->allow_extra_args(false);
}

LoadRequest make_load_request(const CommandContext& context, Purpose purpose) {
  LoadRequest request;
  if (context.global.config_path) request.file = *context.global.config_path;
  request.environment = [](const std::string& name) -> std::optional<std::string> {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): settings are loaded before any thread starts.
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  request.sets = context.global.sets;
  const auto add_flag = [&](const char* flag, const std::optional<std::string>& text) {
    if (text) request.flags.push_back({flag, *text});
  };
  add_flag("--source", context.flags.source_uri);
  add_flag("--target", context.flags.target_uri);
  add_flag("--log-level", context.global.log_level);
  add_flag("--log-format", context.global.log_format);
  request.tables = context.flags.tables;
  request.purpose = purpose;
  return request;
}

}  // namespace relay
