// CommandTree: commands and options of the program as plain values, for the pages and scripts that
// are made from them. Hidden ones are left out.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace relay {

struct OptionEntry {
  std::string name;   // "--config"; for a positional argument its type: "TABLE".
  std::string value;  // "FILE", or "text|json" for words; empty: a flag.
  std::string description;
  bool is_positional = false;
};

struct CommandEntry {
  std::string name;
  std::string description;
  std::string footer;  // Explanations and an example.
  std::vector<OptionEntry> options;
  std::vector<CommandEntry> commands;
};

CommandEntry read_command_tree(const CLI::App& app);

// The words of "text|json"; empty when `value` is no such list.
std::vector<std::string> words_of(const std::string& value);

}  // namespace relay
