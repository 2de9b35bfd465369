#include "mapping/mapping_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

#include <toml.hpp>

#include "core/utf8.h"
#include "mapping/field_path.h"
#include "mapping/table_name.h"

namespace relay {
namespace {

using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

struct Place {
  std::size_t line;
  std::size_t column;
};

Place place_of(const toml::value& value) {
  const toml::source_location location = value.location();
  return {static_cast<std::size_t>(location.line()), static_cast<std::size_t>(location.column())};
}

// The file as far as it has been read. Its first problem ends the reading.
class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  Result<MappingFile> read(const toml::value& root) {
    MappingFile file;
    for (const auto& [key, value] : root.as_table()) {
      if (key == "rest") {
        file.rest = text_of(value, "rest");
      } else if (key == "columns") {
        read_columns(value, file.columns);
      } else {
        fail(value, show_name(key) + " is no key of a mapping file; there are columns and rest");
      }
    }
    if (file.columns.empty() && !problem_) fail(root, "columns: there is none");
    if (problem_) return *problem_;
    return file;
  }

  Error error_at(Place place, const std::string& what) const {
    return Error{
        ErrorKind::config_invalid,
        name_ + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + what,
        ""};
  }

 private:
  // Of the problems of a file the first one in it is told; the library keeps no order of keys.
  void fail(const toml::value& value, const std::string& what) {
    const Place place = place_of(value);
    const bool is_first =
        !problem_ || place.line < problem_place_.line ||
        (place.line == problem_place_.line && place.column < problem_place_.column);
    if (!is_first) return;
    problem_place_ = place;
    problem_ = error_at(place, what);
  }

  std::string text_of(const toml::value& value, const std::string& key) {
    if (value.is_string()) return value.as_string().str;
    fail(value, key + ": expected a string");
    return "";
  }

  void read_columns(const toml::value& list, std::vector<ColumnMapping>& columns) {
    if (!list.is_array()) {
      fail(list, "columns: expected a list of tables");
      return;
    }
    for (const toml::value& entry : list.as_array()) {
      if (entry.is_table()) {
        columns.push_back(read_column(entry));
      } else {
        fail(entry, "columns: expected a table");
      }
    }
  }

  ColumnMapping read_column(const toml::value& table) {
    ColumnMapping column;
    for (const auto& [key, value] : table.as_table())
      read_member(key, value, column);
    for (const char* key : {"name", "path", "type"}) {
      if (!table.contains(key)) fail(table, "columns." + std::string(key) + ": is missing");
    }
    return column;
  }

  void read_member(const std::string& key, const toml::value& value, ColumnMapping& column) {
    if (key == "name") {
      column.name = text_of(value, "columns.name");
    } else if (key == "path") {
      const std::optional<FieldPath> path = parse_path(text_of(value, "columns.path"));
      if (path) {
        column.path = *path;
      } else {
        fail(value, "columns.path: has an empty name");
      }
    } else if (key == "type") {
      const std::string text = text_of(value, "columns.type");
      const std::optional<ColumnType> type = parse_column_type(text);
      if (type) {
        column.type = *type;
      } else {
        fail(value, "columns.type: " + show_name(text) + " is no column type");
      }
    } else if (key == "key") {
      if (value.is_boolean()) {
        column.is_key = value.as_boolean();
      } else {
        fail(value, "columns.key: expected true or false");
      }
    } else if (key == "default") {
      column.default_value = literal_of(value);
    } else {
      fail(value,
           "columns: " + show_name(key) +
               " is no key of a column; there are name, path, type, key and default");
    }
  }

  std::optional<Literal> literal_of(const toml::value& value) {
    if (value.is_boolean()) return value.as_boolean();
    if (value.is_string()) return value.as_string().str;
    if (value.is_integer()) {
      if (!is_exact(value)) fail(value, "columns.default: a number out of range");
      return static_cast<std::int64_t>(value.as_integer());
    }
    if (value.is_floating()) {
      if (!is_exact(value)) fail(value, "columns.default: a number out of range");
      return value.as_floating();
    }
    if (value.is_offset_datetime())
      return std::chrono::floor<std::chrono::milliseconds>(
          std::chrono::system_clock::time_point(value.as_offset_datetime()));
    fail(value, "columns.default: expected a string, number, boolean or time with its zone");
    return std::nullopt;
  }

  // The library clamps numbers without a word. Those at the ends are looked at as they stand.
  static bool is_exact(const toml::value& value) {
    const bool is_end = value.is_integer()
                            ? value.as_integer() == std::numeric_limits<std::int64_t>::max() ||
                                  value.as_integer() == std::numeric_limits<std::int64_t>::min()
                            : std::abs(value.as_floating()) >= std::numeric_limits<double>::max();
    if (!is_end) return true;
    const toml::source_location location = value.location();
    const std::string line = location.line_str();
    std::string text = line.substr(std::min<std::size_t>(location.column() - 1, line.size()),
                                   static_cast<std::size_t>(location.region()));
    std::erase(text, '_');
    std::erase(text, '+');
    if (value.is_integer()) return text == "9223372036854775807" || text == "-9223372036854775808";
    double number = 0;
    return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
  }

  const std::string& name_;
  std::optional<Error> problem_;
  Place problem_place_{};
};

// The first line of what the library says, without its function's name.
std::string brief(const std::string& what) {
  std::string line = what.substr(0, what.find('\n'));
  if (const std::size_t colon = line.rfind(": "); colon != std::string::npos)
    line.erase(0, colon + 2);
  return line;
}

}  // namespace

Result<MappingFile> read_mapping_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) {
    return Error{ErrorKind::config_invalid,
                 "read mapping file " + path + ": " + std::strerror(errno),
                 "relay plan --write-schema DIR writes mapping files"};
  }
  return parse_mapping_file(text.str(), path);
}

Result<MappingFile> parse_mapping_file(const std::string& text, const std::string& name) {
  Reader reader(name);
  const auto error_at = [&](std::size_t offset, std::string_view why) {
    const std::string_view before = std::string_view(text).substr(0, offset);
    const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    return reader.error_at({line + 1, offset - (before.rfind('\n') + 1) + 1},
                           "not valid TOML: " + std::string(why));
  };
  // The library takes a NUL for the end of the text, and reads memory that is not the text's on its
  // way to complain about what is not UTF-8.
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos)
    return error_at(nul, "a NUL byte");
  if (const std::size_t bad = find_not_utf8(text); bad != std::string::npos)
    return error_at(bad, "not UTF-8");
  try {
    std::istringstream in(text, std::ios::binary);
    return reader.read(toml::parse(in, name));
  } catch (const toml::exception& exception) {
    const toml::source_location location = exception.location();
    return reader.error_at(
        {static_cast<std::size_t>(location.line()), static_cast<std::size_t>(location.column())},
        "not valid TOML: " + brief(exception.what()));
  } catch (const std::exception&) {
    return Error{ErrorKind::config_invalid, name + ": not valid TOML", ""};
  }
}

}  // namespace relay
