#include "config/show.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "config/fields.h"
#include "config/format_value.h"
#include "config/value_text.h"

namespace relay {
namespace {

std::string format_origin(const Provenance& provenance) {
  switch (provenance.origin) {
    case Origin::preset:
      return "default";
    case Origin::file:
      return "file " + provenance.place;
    case Origin::environment:
      return "environment " + provenance.place;
    case Origin::set:
      return "--set";
    case Origin::flag:
      return "flag " + provenance.place;
  }
  return "";
}

struct FormatScalar {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    std::array<char, 40> text{};
    const auto [end, status] = std::to_chars(text.data(), text.data() + text.size(), value);
    std::string out(text.data(), end);
    // TOML tells floats from integers by their look.
    if (out.find_first_of(".en") == std::string::npos) out += ".0";
    return out;
  }
  std::string operator()(const std::string& text) const { return format_toml_string(text); }
  std::string operator()(std::chrono::sys_time<std::chrono::milliseconds> time) const {
    return format_time(time);
  }
};

std::string format_scalar(const ScalarValue& value) {
  return std::visit(FormatScalar{}, value);
}

std::string render_columns(const std::vector<ColumnSettings>& columns) {
  std::string text = "columns = [\n";
  for (const ColumnSettings& column : columns) {
    text += "  { name = " + format_toml_string(column.name) +
            ", path = " + format_toml_string(column.path) +
            ", type = " + format_toml_string(column.type);
    if (column.is_key) text += ", key = true";
    if (column.default_value) text += ", default = " + format_scalar(*column.default_value);
    text += " },\n";
  }
  return text + "]\n";
}

std::string render_exclude(const std::vector<std::string>& paths) {
  std::string text = "exclude = [";
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (i > 0) text += ", ";
    text += format_toml_string(paths[i]);
  }
  return text + "]\n";
}

std::string render_where(const std::vector<FilterSettings>& filters) {
  std::string text = "where = [\n";
  for (const FilterSettings& filter : filters) {
    FilterSettings copy = filter;
    const Field<FilterSettings>& op = filter_fields()[1];
    text += "  { path = " + format_toml_string(filter.path) +
            ", op = " + format_value(op.info, op.slot(copy)) + ", value = ";
    if (filter.op == FilterOperator::in) text += "[";
    for (std::size_t i = 0; i < filter.values.size(); ++i) {
      if (i > 0) text += ", ";
      text += format_scalar(filter.values[i]);
    }
    if (filter.op == FilterOperator::in) text += "]";
    text += " },\n";
  }
  return text + "]\n";
}

// Only what differs from the default: a table has many keys and few of them are used.
std::string render_table(TableSettings table) {
  TableSettings fresh;
  std::string text = "[[table]]\n";
  for (const Field<TableSettings>& field : table_fields()) {
    if (field.slot == nullptr) {
      if (field.info.key == "columns" && !table.columns.empty())
        text += render_columns(table.columns);
      if (field.info.key == "exclude" && !table.exclude.empty())
        text += render_exclude(table.exclude);
      if (field.info.key == "where" && !table.where.empty()) text += render_where(table.where);
      continue;
    }
    const std::string value = format_value(field.info, field.slot(table));
    if (value == format_value(field.info, field.slot(fresh))) continue;
    text.append(field.info.key).append(" = ").append(value).push_back('\n');
  }
  return text;
}

}  // namespace

std::string render_settings(const LoadedSettings& loaded) {
  Settings settings = loaded.settings;
  const auto fields = setting_fields();
  std::vector<std::string> lines;
  std::size_t width = 0;
  for (const Field<Settings>& field : fields) {
    lines.push_back(std::string(field.info.key) + " = " +
                    format_value(field.info, field.slot(settings)));
    width = std::max(width, std::min<std::size_t>(lines.back().size(), 60));
  }
  std::string text;
  std::string_view section;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].info.section != section) {
      section = fields[i].info.section;
      text.append(i == 0 ? "[" : "\n[").append(section).append("]\n");
    }
    text += lines[i];
    if (lines[i].size() < width) text.append(width - lines[i].size(), ' ');
    text += "  # " + format_origin(loaded.provenance[i]) + "\n";
  }
  if (!settings.tables.empty()) text += "\n# Tables: " + format_origin(loaded.tables) + "\n";
  for (std::size_t i = 0; i < settings.tables.size(); ++i) {
    text += (i == 0 ? "" : "\n") + render_table(settings.tables[i]);
  }
  return text;
}

}  // namespace relay
