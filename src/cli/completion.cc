#include "cli/completion.h"

#include <algorithm>
#include <set>

namespace relay {
namespace {

// A command with the names that lead to it: "config show"; "" for the program itself.
struct Place {
  std::string path;
  const CommandEntry* command;
};

void collect(const CommandEntry& command, const std::string& path, std::vector<Place>& places) {
  places.push_back({path, &command});
  for (const CommandEntry& child : command.commands)
    collect(child, path.empty() ? child.name : path + " " + child.name, places);
}

std::vector<Place> places_of(const CommandEntry& root) {
  std::vector<Place> places;
  collect(root, "", places);
  return places;
}

// The options that are understood at a place: its own, and those of the program.
std::vector<OptionEntry> options_at(const CommandEntry& root, const CommandEntry& command) {
  std::vector<OptionEntry> options;
  std::set<std::string> names;
  for (const CommandEntry* owner : {&command, &root}) {
    for (const OptionEntry& option : owner->options) {
      if (option.is_positional || !names.insert(option.name).second) continue;
      // Only at the beginning: `relay --version`.
      if (owner == &root && &command != &root && option.name == "--version") continue;
      options.push_back(option);
    }
  }
  return options;
}

// Names of all options whose value is chosen by `applies`, joined as a pattern of case: "--a|--b".
template <class Applies>
std::string pattern_of(const CommandEntry& root, Applies applies) {
  std::set<std::string> names;
  for (const Place& place : places_of(root)) {
    for (const OptionEntry& option : place.command->options) {
      if (!option.is_positional && applies(option)) names.insert(option.name);
    }
  }
  std::string pattern;
  for (const std::string& name : names)
    pattern += (pattern.empty() ? "" : "|") + name;
  return pattern;
}

std::string with_value_pattern(const CommandEntry& root) {
  return pattern_of(root, [](const OptionEntry& option) { return !option.value.empty(); });
}

std::string file_pattern(const CommandEntry& root) {
  return pattern_of(root, [](const OptionEntry& option) { return option.value == "FILE"; });
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

// For bash and zsh: sets `where` to the path of the command, from the words before the current one.
std::string render_walk(const CommandEntry& root, const std::string& words_before) {
  std::string paths;
  for (const Place& place : places_of(root)) {
    if (!place.path.empty()) paths += (paths.empty() ? "'" : "|'") + place.path + "'";
  }
  return "  local where= word skip=\n"
         "  for word in " +
         words_before +
         "; do\n"
         "    if [ -n \"$skip\" ]; then skip=; continue; fi\n"
         "    case $word in\n"
         "      " +
         with_value_pattern(root) +
         ") skip=1; continue ;;\n"
         "      -*) continue ;;\n"
         "    esac\n"
         "    case \"${where:+$where }$word\" in\n"
         "      " +
         paths +
         ") where=\"${where:+$where }$word\" ;;\n"
         "    esac\n"
         "  done\n";
}

// In single quotes, for zsh and fish.
std::string quote(const std::string& text, const std::string& escaped_quote) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += escaped_quote;
    } else {
      quoted.push_back(c);
    }
  }
  return quoted + "'";
}

// "name:what it does", as _describe of zsh reads it.
std::string describe(const std::string& name, const std::string& description) {
  std::string escaped = name;
  for (std::size_t at = escaped.find(':'); at != std::string::npos; at = escaped.find(':', at + 2))
    escaped.insert(at, "\\");
  return quote(escaped + ":" + description, "'\\''");
}

std::string render_word_cases(const CommandEntry& root,
                              const std::string& begin,
                              const std::string& end) {
  std::string text;
  std::set<std::string> seen;
  for (const Place& place : places_of(root)) {
    for (const OptionEntry& option : place.command->options) {
      const std::vector<std::string> words = words_of(option.value);
      if (option.is_positional || words.empty() || !seen.insert(option.name).second) continue;
      text += "    " + option.name + ") " + begin + join(words) + end + " ;;\n";
    }
  }
  return text;
}

}  // namespace

std::string render_bash_completion(const CommandEntry& root) {
  std::string text =
      "# Completion of relay for bash. Printed by `relay completion bash`.\n"
      "_relay() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=\n" +
      render_walk(root, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"") +
      "  COMPREPLY=()\n"
      "  case $previous in\n"
      "    " +
      file_pattern(root) +
      ") compopt -o filenames 2>/dev/null; "
      "COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n" +
      render_word_cases(root, "COMPREPLY=($(compgen -W '", "' -- \"$current\")); return") + "    " +
      with_value_pattern(root) +
      ") return ;;\n"
      "  esac\n"
      "  case $where in\n";
  for (const Place& place : places_of(root)) {
    std::vector<std::string> words;
    for (const CommandEntry& child : place.command->commands)
      words.push_back(child.name);
    for (const OptionEntry& option : options_at(root, *place.command))
      words.push_back(option.name);
    text += "    '" + place.path + "') words='" + join(words) + "' ;;\n";
  }
  text +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "}\n"
      "complete -F _relay relay\n";
  return text;
}

std::string render_zsh_completion(const CommandEntry& root) {
  std::string text =
      "#compdef relay\n"
      "# Completion of relay for zsh. Printed by `relay completion zsh`.\n"
      "_relay() {\n"
      "  local -a commands options\n"
      "  local previous=${words[CURRENT-1]}\n" +
      render_walk(root, "${words[2,CURRENT-1]}") +
      "  case $previous in\n"
      "    " +
      file_pattern(root) + ") _files; return ;;\n" +
      render_word_cases(root, "compadd -- ", "; return") + "    " + with_value_pattern(root) +
      ") _message value; return ;;\n"
      "  esac\n"
      "  case $where in\n";
  for (const Place& place : places_of(root)) {
    text += "    '" + place.path + "')\n      commands=(";
    for (const CommandEntry& child : place.command->commands)
      text += "\n        " + describe(child.name, child.description);
    text += ")\n      options=(";
    for (const OptionEntry& option : options_at(root, *place.command))
      text += "\n        " + describe(option.name, option.description);
    text += ") ;;\n";
  }
  text +=
      "  esac\n"
      "  (( $#commands )) && _describe -t commands command commands\n"
      "  _describe -t options option options\n"
      "}\n"
      // Loaded by the completion system it is the function's body; sourced, it registers itself.
      "if [ \"$funcstack[1]\" = _relay ]; then _relay \"$@\"; else compdef _relay relay; fi\n";
  return text;
}

std::string render_fish_completion(const CommandEntry& root) {
  const auto quoted = [](const std::string& value) { return quote(value, "\\'"); };
  std::string with_value = with_value_pattern(root);
  std::ranges::replace(with_value, '|', ' ');
  std::string paths;
  for (const Place& place : places_of(root)) {
    if (!place.path.empty()) paths += " '" + place.path + "'";
  }
  std::string text =
      "# Completion of relay for fish. Printed by `relay completion fish`.\n"
      "function __relay_at\n"
      "    set -l where\n"
      "    set -l skip 0\n"
      "    for word in (commandline -opc)[2..-1]\n"
      "        if test $skip = 1\n"
      "            set skip 0\n"
      "        else if contains -- $word " +
      with_value +
      "\n"
      "            set skip 1\n"
      "        else if not string match -q -- '-*' $word\n"
      "            set -l next (string join ' ' -- $where $word)\n"
      "            if contains -- $next" +
      paths +
      "\n"
      "                set where $next\n"
      "            end\n"
      "        end\n"
      "    end\n"
      "    test \"$where\" = \"$argv[1]\"\n"
      "end\n"
      "complete -c relay -f\n";
  for (const Place& place : places_of(root)) {
    const std::string here = "complete -c relay -n \"__relay_at '" + place.path + "'\"";
    for (const CommandEntry& child : place.command->commands)
      text += here + " -a " + child.name + " -d " + quoted(child.description) + "\n";
    for (const OptionEntry& option : options_at(root, *place.command)) {
      text += here + (option.name.starts_with("--") ? " -l " + option.name.substr(2)
                                                    : " -s " + option.name.substr(1));
      const std::vector<std::string> words = words_of(option.value);
      if (option.value == "FILE") {
        text += " -r -F";
      } else if (!words.empty()) {
        text += " -x -a " + quoted(join(words));
      } else if (!option.value.empty()) {
        text += " -x";
      }
      text += " -d " + quoted(option.description) + "\n";
    }
  }
  return text;
}

}  // namespace relay
