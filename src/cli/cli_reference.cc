#include "cli/cli_reference.h"

#include <CLI/CLI.hpp>

namespace relay {
namespace {

// A command, then what is below it. `parent` is what the user types before its name.
void append_command(std::string& text, const CLI::App& command, const std::string& parent) {
  const std::string name = parent.empty() ? command.get_name() : parent + " " + command.get_name();
  std::string help = command.help(parent);
  while (help.ends_with('\n'))
    help.pop_back();
  text += "\n## " + name + "\n\n```text\n" + help + "\n```\n";
  for (const CLI::App* child : command.get_subcommands({})) {
    const bool is_hidden = child->get_group().empty();
    if (!is_hidden) append_command(text, *child, name);
  }
}

}  // namespace

std::string render_cli_reference(const CLI::App& app) {
  std::string text =
      "# Command line\n\n"
      "This page is the `--help` of every command; a test keeps it equal. Global options are "
      "understood\n"
      "before and after the command. Errors go to standard error: `error: ...`, then `try: ...` "
      "when there\n"
      "is something to try.\n";
  append_command(text, app, "");
  return text;
}

}  // namespace relay
