#include "config/reference.h"

#include <limits>
#include <span>

#include "config/fields.h"
#include "config/format_value.h"
#include "config/value_text.h"

namespace relay {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Configuration

This page is printed by `relay config reference --format markdown`; a test keeps it equal.

One TOML file, given with `--config FILE`; no file is read that was not named. A value that stands in several
places is taken from the last of: default, file, environment, `--set SECTION.KEY=VALUE`, flag. `relay config show`
prints the settings in force and where each came from, `relay config check` says what is wrong with them.

- Unknown keys, wrong types and values out of bounds are errors. They name file, line and column, and all of them are
  reported at once.
- Durations are a whole number with `ms`, `s`, `m` or `h`: `"500ms"`. Sizes have `B`, `KiB`, `MiB` or `GiB`: `"8MiB"`.
- A value from the environment or `--set` is read in the type of its setting: `5000`, `true`, `500ms`. Text needs no
  quotes there; text in double quotes is read as a TOML string. Variables that name no setting are ignored.
- Any string may be `"${VAR}"` (the whole string is the variable's value), `"file:/path"` (the file's content without
  its last line end) or `"sealed:..."` (what `relay secret seal` printed; opened with the private key in the file that
  `RELAY_SECRET_KEY_FILE` names, or in the systemd credential `relay-key`). What they lead to is read in the type of
  the setting and never shown in a message.
- Tables come from `[[table]]` in the file or from `--table FROM[=TO]`, which replaces those of the file.
)";

constexpr std::string_view kTablesIntroduction = R"(
## [[table]]

One for each collection or pattern. `from` is needed. `*` stands for any run of characters; `system.*` and temporary
collections and the databases `admin`, `local` and `config` match no pattern.

```toml
[[table]]
from = "shop.orders"
to = "sales.orders"

[[table]]
from = "crm.*"
to = "crm_{db}.{collection}"
json = "extended"
```

)";

std::string_view name_type(FieldType type) {
  switch (type) {
    case FieldType::text:
      return "text";
    case FieldType::uri:
      return "connection string";
    case FieldType::secret:
      return "secret text";
    case FieldType::boolean:
      return "boolean";
    case FieldType::integer:
      return "integer";
    case FieldType::duration:
      return "duration";
    case FieldType::size:
      return "size";
    case FieldType::word:
      return "word";
    case FieldType::start:
      return "word or time";
    case FieldType::shape:
      return "list or value";
  }
  return "";
}

// Empty: anything of the type.
std::string format_allowed(const FieldInfo& info) {
  std::string text;
  for (const std::string_view word : info.words) {
    if (!text.empty()) text += ", ";
    text.append("`").append(word).append("`");
  }
  if (!info.words.empty()) return text;
  if (info.type == FieldType::duration) {
    return format_duration(std::chrono::milliseconds(info.min)) + " to " +
           format_duration(std::chrono::milliseconds(info.max));
  }
  if (info.type == FieldType::size) return format_size(info.min) + " to " + format_size(info.max);
  if (info.type == FieldType::integer) {
    return std::to_string(info.min) + " to " + std::to_string(info.max);
  }
  if (info.type == FieldType::boolean) return "`true`, `false`";
  const bool is_bounded = info.max != std::numeric_limits<std::int64_t>::max();
  if (is_bounded) return std::to_string(info.min) + " to " + std::to_string(info.max) + " bytes";
  return info.min > 0 ? "not empty" : "";
}

// A cell of a Markdown table; a bar would end it.
std::string cell(std::string_view text) {
  std::string out = " ";
  for (const char c : text) {
    if (c == '|') out.push_back('\\');
    out.push_back(c);
  }
  return out.size() == 1 ? " |" : out + " |";
}

template <class Owner>
std::string format_default(const Field<Owner>& field) {
  if (field.slot == nullptr) return "";
  Owner fresh;
  return "`" + format_value(field.info, field.slot(fresh)) + "`";
}

std::string render_setting_row(const Field<Settings>& field) {
  std::string environment = "`" + format_environment_name(field.info) + "`";
  if (!field.info.flag.empty()) environment.append(", `").append(field.info.flag).append("`");
  return "|" + cell("`" + std::string(field.info.key) + "`") + cell(name_type(field.info.type)) +
         cell(format_default(field)) + cell(format_allowed(field.info)) + cell(field.info.help) +
         cell(environment) + "\n";
}

template <class Owner>
std::string render_list_table(std::span<const Field<Owner>> fields) {
  std::string text =
      "| key | type | default | allowed | meaning |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const Field<Owner>& field : fields) {
    text += "|" + cell("`" + std::string(field.info.key) + "`") + cell(name_type(field.info.type)) +
            cell(format_default(field)) + cell(format_allowed(field.info)) + cell(field.info.help) +
            "\n";
  }
  return text;
}

std::string comment_line(std::string_view text) {
  return "# " + std::string(text) + "\n";
}

// Help and what is allowed, as comments above a key.
std::string render_comments(const FieldInfo& info) {
  std::string text = comment_line(info.help);
  std::string words;
  for (const std::string_view word : info.words) {
    if (!words.empty()) words += " | ";
    words += word;
  }
  if (!words.empty()) text += comment_line(words);
  return text;
}

}  // namespace

std::string render_reference_markdown() {
  std::string text(kIntroduction);
  std::string_view section;
  for (const Field<Settings>& field : setting_fields()) {
    if (field.info.section != section) {
      section = field.info.section;
      text.append("\n## [").append(section).append("]\n\n");
      text +=
          "| key | type | default | allowed | meaning | environment, flag |\n"
          "| --- | --- | --- | --- | --- | --- |\n";
    }
    text += render_setting_row(field);
  }
  text += kTablesIntroduction;
  text += render_list_table(table_fields());
  text += "\n### Entries of columns\n\n" + render_list_table(column_fields());
  text += "\n### Entries of where\n\n" + render_list_table(filter_fields());
  return text;
}

std::string render_reference_toml() {
  std::string text =
      "# Settings of relay. What is needed is set; everything else is a comment with its default.\n"
      "# Printed by `relay config reference --format toml`. All about it: docs/configuration.md\n";
  Settings fresh;
  std::string_view section;
  for (const Field<Settings>& field : setting_fields()) {
    if (field.info.section != section) {
      section = field.info.section;
      text.append("\n[").append(section).append("]\n");
    }
    text += render_comments(field.info);
    const std::string key(field.info.key);
    if (!field.info.example.empty()) {
      text += key + " = " + std::string(field.info.example) + "\n";
    } else {
      text += "# " + key + " = " + format_value(field.info, field.slot(fresh)) + "\n";
    }
  }
  text += "\n# One for each collection or pattern.\n[[table]]\n";
  TableSettings table;
  for (const Field<TableSettings>& field : table_fields()) {
    text += render_comments(field.info);
    const std::string value = field.info.example.empty()
                                  ? format_value(field.info, field.slot(table))
                                  : std::string(field.info.example);
    text +=
        (field.info.key == "from" ? "" : "# ") + std::string(field.info.key) + " = " + value + "\n";
  }
  return text;
}

}  // namespace relay
