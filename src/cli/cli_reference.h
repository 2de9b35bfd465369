// docs/cli.md: the --help of every command.
#pragma once

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace relay {

std::string render_cli_reference(const CLI::App& app);

}  // namespace relay
