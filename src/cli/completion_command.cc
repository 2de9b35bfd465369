// relay completion and relay man: scripts and a page for packages. Hidden: nobody types them twice.
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/man_page.h"

namespace relay {
namespace {

ExitCode print_completion(const CLI::App& app, const std::string& shell) {
  const CommandEntry root = read_command_tree(app);
  std::cout << (shell == "zsh"    ? render_zsh_completion(root)
                : shell == "fish" ? render_fish_completion(root)
                                  : render_bash_completion(root))
            << std::flush;
  return ExitCode::done;
}

}  // namespace

void add_completion_command(CLI::App& app, CommandContext& context) {
  CLI::App* completion = app.add_subcommand("completion", "Print completion for a shell");
  completion->group("");
  const CLI::Option* shell = completion->add_option("shell", "bash, zsh or fish")
                                 ->type_name("bash|zsh|fish")
                                 ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""))
                                 ->required();
  completion->footer("Example:\n  relay completion bash > /etc/bash_completion.d/relay\n");
  completion->callback([&app, &context, shell] {
    context.run = [&app, name = shell->results().back()] { return print_completion(app, name); };
  });

  CLI::App* man = app.add_subcommand("man", "Print relay(1)");
  man->group("");
  man->footer("Example:\n  relay man | man -l -\n");
  man->callback([&app, &context] {
    context.run = [&app] {
      std::cout << render_man_page(read_command_tree(app)) << std::flush;
      return ExitCode::done;
    };
  });
}

}  // namespace relay
