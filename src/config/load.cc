#include "config/load.h"

#include <algorithm>

#include "config/check_settings.h"
#include "config/fields.h"
#include "config/load_tables.h"
#include "config/problems.h"
#include "config/read_file.h"
#include "config/toml_tree.h"
#include "config/unknown_key.h"
#include "config/value_text.h"
#include "core/check.h"

namespace relay {
namespace {

// What a load has found so far.
struct Loading {
  const LoadRequest& request;
  LoadedSettings loaded;
  Problems problems;
};

constexpr std::size_t kNoField = static_cast<std::size_t>(-1);

std::size_t find_field(std::string_view section, std::string_view key) {
  const auto fields = setting_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].info.section == section && fields[i].info.key == key) return i;
  }
  return kNoField;
}

std::vector<std::string_view> section_names() {
  std::vector<std::string_view> names;
  for (const Field<Settings>& field : setting_fields()) {
    if (names.empty() || names.back() != field.info.section) names.push_back(field.info.section);
  }
  names.emplace_back("table");
  return names;
}

std::vector<std::string_view> key_names(std::string_view section) {
  std::vector<std::string_view> names;
  for (const Field<Settings>& field : setting_fields()) {
    if (field.info.section == section) names.push_back(field.info.key);
  }
  return names;
}

// A key that stands in the wrong section: the setting it belongs to. Empty: no section has it, or
// several.
std::string find_elsewhere(std::string_view key) {
  std::string found;
  for (const Field<Settings>& field : setting_fields()) {
    if (field.info.key != key) continue;
    if (!found.empty()) return "";
    found = format_key(field.info);
  }
  return found;
}

std::string explain_key_of_section(std::string_view section, std::string_view key) {
  const std::string elsewhere = find_elsewhere(key);
  if (!elsewhere.empty()) return "unknown key; did you mean " + elsewhere + "?";
  return explain_unknown_key(key, section.empty() ? section_names() : key_names(section));
}

void keep_origin(Loading& loading, std::size_t index, Origin origin, std::string place) {
  loading.loaded.provenance[index] = {origin, std::move(place)};
}

void load_section(Loading& loading, const TomlMember& section, const FileReading& reading) {
  const auto* members = std::get_if<TomlNode::Table>(&section.node.value);
  if (members == nullptr) {
    reading.add(
        section.node.place,
        section.key + ": expected a section, found " + std::string(describe_node(section.node)));
    return;
  }
  for (const TomlMember& member : *members) {
    const std::size_t index = find_field(section.key, member.key);
    const std::string key = section.key + "." + show_key(member.key);
    if (index == kNoField) {
      reading.add(member.place, key + ": " + explain_key_of_section(section.key, member.key));
      continue;
    }
    const Field<Settings>& field = setting_fields()[index];
    const Problem problem = read_node(
        field.info, field.slot(loading.loaded.settings), member.node, reading.environment);
    if (problem) reading.add(member.node.place, key + ": " + *problem);
    keep_origin(loading, index, Origin::file, format_place(reading.name, member.node.place));
  }
}

Status load_file(Loading& loading, const std::filesystem::path& path) {
  const std::string name = path.string();
  const Result<std::string> text = read_file(name);
  if (!text.ok()) {
    return Error{ErrorKind::config_invalid,
                 "read settings from " + name + ": " + text.error().message,
                 "check --config: the file's name, and that this user may read it"};
  }
  const Result<TomlNode> root = parse_toml(text.value(), name);
  if (!root.ok()) return root.error();
  const FileReading reading{name, loading.request.environment, loading.problems};
  const std::vector<std::string_view> sections = section_names();
  for (const TomlMember& member : std::get<TomlNode::Table>(root.value().value)) {
    if (member.key == "table") {
      loading.loaded.settings.tables = read_tables(member.node, reading);
      loading.loaded.tables = {Origin::file, format_place(name, member.place)};
    } else if (std::ranges::find(sections, member.key) != sections.end()) {
      load_section(loading, member, reading);
    } else {
      reading.add(member.place,
                  show_key(member.key) + ": " + explain_key_of_section("", member.key));
    }
  }
  return ok_status();
}

// `place` says where the text came from, in words a user knows.
void load_text(Loading& loading,
               std::size_t index,
               const std::string& text,
               Origin origin,
               const std::string& place) {
  const Field<Settings>& field = setting_fields()[index];
  const Problem problem =
      read_text(field.info, field.slot(loading.loaded.settings), text, loading.request.environment);
  if (problem) loading.problems.add(place + ": " + format_key(field.info) + ": " + *problem);
  keep_origin(loading, index, origin, place);
}

// Other variables that begin with RELAY_ are nobody's business: Kubernetes sets RELAY_PORT and the
// like for a service of that name.
void load_environment(Loading& loading) {
  if (!loading.request.environment) return;
  const auto fields = setting_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string name = format_environment_name(fields[i].info);
    const std::optional<std::string> text = loading.request.environment(name);
    if (text) load_text(loading, i, *text, Origin::environment, name);
  }
}

void load_set(Loading& loading, const std::string& set) {
  const std::size_t equals = set.find('=');
  const std::string name = set.substr(0, equals);
  if (equals == std::string::npos) {
    loading.problems.add("--set " + show_key(name) + ": expected SECTION.KEY=VALUE");
    return;
  }
  const std::size_t dot = name.find('.');
  const std::string section = name.substr(0, dot);
  const std::string key = dot == std::string::npos ? "" : name.substr(dot + 1);
  const std::size_t index = find_field(section, key);
  if (index != kNoField) {
    load_text(loading, index, set.substr(equals + 1), Origin::set, "--set");
    return;
  }
  if (section == "table") {
    loading.problems.add("--set " + show_key(name) + ": tables come from the file or from --table");
    return;
  }
  const std::vector<std::string_view> sections = section_names();
  const bool is_section = std::ranges::find(sections, section) != sections.end();
  // Without a known section the key may still be one: --set batch_rows=1.
  const std::string explained = is_section                 ? explain_key_of_section(section, key)
                                : dot == std::string::npos ? explain_key_of_section("", section)
                                                           : explain_unknown_key(section, sections);
  loading.problems.add("--set " + show_key(name) + ": " + explained);
}

void load_flags(Loading& loading) {
  const auto fields = setting_fields();
  for (const FlagValue& flag : loading.request.flags) {
    const auto found = std::ranges::find(
        fields, flag.flag, [](const Field<Settings>& field) { return field.info.flag; });
    CHECK(found != fields.end(), "a flag that no setting names");
    load_text(loading,
              static_cast<std::size_t>(found - fields.begin()),
              flag.text,
              Origin::flag,
              flag.flag);
  }
  if (loading.request.tables.empty()) return;
  loading.loaded.settings.tables.clear();
  loading.loaded.tables = {Origin::flag, "--table"};
  for (const std::string& text : loading.request.tables) {
    const Problem problem = read_table_flag(text, loading.loaded.settings.tables.emplace_back());
    if (problem) loading.problems.add("--table: " + *problem);
  }
}

}  // namespace

Result<LoadedSettings> load_settings_with_origins(const LoadRequest& request) {
  Loading loading{request, {}, {}};
  loading.loaded.provenance.resize(setting_fields().size());
  if (request.file) {
    if (Status status = load_file(loading, *request.file); !status.ok()) return status.error();
  }
  load_environment(loading);
  for (const std::string& set : request.sets)
    load_set(loading, set);
  load_flags(loading);
  // What a run needs is asked only when all that is there could be read: a table with a typo in it
  // would otherwise be reported as missing, too.
  if (loading.problems.empty()) check_settings(loading.loaded, request, loading.problems);
  if (!loading.problems.empty()) return loading.problems.to_error();
  return std::move(loading.loaded);
}

Result<Settings> load_settings(const LoadRequest& request) {
  Result<LoadedSettings> loaded = load_settings_with_origins(request);
  if (!loaded.ok()) return loaded.error();
  return std::move(loaded.value().settings);
}

}  // namespace relay
