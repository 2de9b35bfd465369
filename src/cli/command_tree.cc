#include "cli/command_tree.h"

#include <CLI/CLI.hpp>

namespace relay {
namespace {

OptionEntry read_option(const CLI::Option& option) {
  OptionEntry entry;
  entry.is_positional = option.get_positional();
  entry.value = option.get_items_expected_max() == 0 ? "" : option.get_type_name();
  if (entry.is_positional) {
    entry.name = entry.value;
  } else if (!option.get_lnames().empty()) {
    entry.name = "--" + option.get_lnames().front();
  } else {
    entry.name = "-" + option.get_snames().front();
  }
  entry.description = option.get_description();
  return entry;
}

}  // namespace

CommandEntry read_command_tree(const CLI::App& app) {
  CommandEntry entry{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options({})) {
    if (!option->get_group().empty()) entry.options.push_back(read_option(*option));
  }
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) entry.commands.push_back(read_command_tree(*command));
  }
  return entry;
}

std::vector<std::string> words_of(const std::string& value) {
  std::vector<std::string> words;
  if (value.find('|') == std::string::npos) return words;
  std::size_t begin = 0;
  while (begin <= value.size()) {
    const std::size_t end = std::min(value.find('|', begin), value.size());
    words.push_back(value.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace relay
