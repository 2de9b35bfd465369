#include "cli/man_page.h"

#include <array>
#include <string_view>

#include "version.h"

namespace relay {
namespace {

// Text that troff prints as it is: a hyphen may be copied into a shell, a line may begin with a
// dot.
std::string escape(std::string_view text) {
  std::string escaped;
  bool is_line_start = true;
  for (const char c : text) {
    if (is_line_start && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped.push_back(c);
    }
    is_line_start = c == '\n';
  }
  return escaped;
}

std::string bold(const std::string& text) {
  return "\\fB" + escape(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + escape(text) + "\\fR";
}

std::string render_options(const CommandEntry& command) {
  std::string text;
  for (const OptionEntry& option : command.options) {
    text += ".TP\n";
    text += option.is_positional ? italic(option.name) : bold(option.name);
    if (!option.is_positional && !option.value.empty()) text += " " + italic(option.value);
    text += "\n" + escape(option.description) + "\n";
  }
  return text;
}

// Lines as they are: footers hold examples, and tables in plain text.
std::string render_footer(const std::string& footer) {
  if (footer.empty()) return "";
  std::string text = footer;
  while (text.ends_with('\n'))
    text.pop_back();
  return ".PP\n.nf\n" + escape(text) + "\n.fi\n";
}

std::string render_usage(const CommandEntry& command, const std::string& parent) {
  std::string text = bold(parent + " " + command.name);
  bool has_options = false;
  for (const OptionEntry& option : command.options)
    has_options = has_options || !option.is_positional;
  if (has_options) text += " [" + italic("options") + "]";
  if (!command.commands.empty()) text += " " + italic("command");
  for (const OptionEntry& option : command.options) {
    if (option.is_positional) text += " " + italic(option.name);
  }
  return text;
}

void render_command(std::string& text, const CommandEntry& command, const std::string& parent) {
  text += ".SS " + render_usage(command, parent) + "\n" + escape(command.description) + ".\n";
  if (command.commands.empty()) {
    text += render_options(command) + render_footer(command.footer);
    return;
  }
  for (const CommandEntry& child : command.commands)
    render_command(text, child, parent + " " + command.name);
}

struct ExitLine {
  std::string_view code;
  std::string_view meaning;
};

constexpr std::array kExits = {
    ExitLine{"0", "Done, or stopped on request."},
    ExitLine{"2", "Command line or settings."},
    ExitLine{"3", "Source: unreachable, no replica set, no rights, position lost."},
    ExitLine{"4", "Target: unreachable, no rights, table in the way."},
    ExitLine{"5", "State file."},
    ExitLine{"6", "A check says no."},
    ExitLine{"7", "Another relay holds the lease."},
    ExitLine{"70", "A bug."},
};

}  // namespace

std::string render_man_page(const CommandEntry& root) {
  std::string text =
      ".\\\" Printed by `relay man`.\n.TH RELAY 1 \"\" \"relay " + std::string(kVersion) + "\"\n";
  text += ".SH NAME\nrelay \\- change streams of MongoDB as rows in PostgreSQL and CrateDB\n";
  text +=
      ".SH SYNOPSIS\n" + bold("relay") + " [" + italic("options") + "] " + italic("command") + "\n";
  text += ".SH DESCRIPTION\n" + escape(root.description) +
          "\nOptions of the program are understood before and after the command.\n";
  text += ".SH OPTIONS\n" + render_options(root);
  text += ".SH COMMANDS\n";
  for (const CommandEntry& command : root.commands)
    render_command(text, command, root.name);
  text += ".SH EXIT STATUS\n";
  for (const ExitLine& line : kExits) {
    text.append(".TP\n").append(line.code).append("\n").append(escape(line.meaning)).append("\n");
  }
  text +=
      ".SH ENVIRONMENT\n"
      ".TP\n" +
      bold("RELAY_SECTION_KEY") +
      "\nA setting, for instance RELAY_SOURCE_URI; after the file, before the flags.\n"
      ".TP\n" +
      bold("RELAY_SECRET_KEY_FILE") +
      "\nThe private key that opens sealed settings.\n"
      ".SH SEE ALSO\n"
      "The pages in /usr/share/doc/relay.\n";
  return text;
}

}  // namespace relay
