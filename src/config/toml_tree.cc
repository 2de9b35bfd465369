#include "config/toml_tree.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include <toml.hpp>

#include "core/utf8.h"

namespace relay {
namespace {

TextPlace place_of(const toml::value& value) {
  const toml::source_location location = value.location();
  return {static_cast<std::int64_t>(location.line()), static_cast<std::int64_t>(location.column())};
}

// The library remembers where values stand, not keys. A key stands before its value on the same
// line; tables carry the place of their own header, which is the place of the key.
TextPlace place_of_key(const std::string& key, const toml::value& value) {
  TextPlace place = place_of(value);
  const std::string line = value.location().line_str();
  const auto before = static_cast<std::size_t>(std::max<std::int64_t>(place.column - 1, 0));
  const std::size_t found = std::string_view(line).substr(0, before).rfind(key);
  if (found != std::string_view::npos) place.column = static_cast<std::int64_t>(found) + 1;
  return place;
}

// The characters of a value as they stand in the file, underscores and a plus sign removed.
std::string number_text(const toml::value& value) {
  const toml::source_location location = value.location();
  const std::string line = location.line_str();
  const auto begin = static_cast<std::size_t>(location.column()) - 1;
  if (begin >= line.size()) return "";
  std::string text = line.substr(begin, static_cast<std::size_t>(location.region()));
  std::erase(text, '_');
  std::erase(text, '+');
  return text;
}

// The library clamps silently. Reading the text again shows it.
bool is_clamped(const toml::value& value) {
  std::string text = number_text(value);
  const char* begin = text.data();
  if (value.is_floating()) {
    double number = 0;
    return std::from_chars(begin, begin + text.size(), number).ec == std::errc::result_out_of_range;
  }
  int base = 10;
  if (text.starts_with("0x")) base = 16;
  if (text.starts_with("0o")) base = 8;
  if (text.starts_with("0b")) base = 2;
  if (base != 10) begin += 2;
  std::int64_t number = 0;
  return std::from_chars(begin, text.data() + text.size(), number, base).ec ==
         std::errc::result_out_of_range;
}

TomlNode to_node(const toml::value& value);

TomlNode::Table to_table(const toml::value& value) {
  TomlNode::Table table;
  for (const auto& [key, member] : value.as_table()) {
    table.push_back({key, place_of_key(key, member), to_node(member)});
  }
  std::ranges::sort(table, {}, &TomlMember::place);  // The library keeps no order.
  return table;
}

TomlNode to_node(const toml::value& value) {
  TomlNode node{place_of(value), TomlLocalTime{}};
  switch (value.type()) {
    case toml::value_t::boolean:
      node.value = value.as_boolean();
      break;
    case toml::value_t::integer:
      if (is_clamped(value)) {
        node.value = TomlOutOfRange{};
      } else {
        node.value = static_cast<std::int64_t>(value.as_integer());
      }
      break;
    case toml::value_t::floating:
      if (is_clamped(value)) {
        node.value = TomlOutOfRange{};
      } else {
        node.value = value.as_floating();
      }
      break;
    case toml::value_t::string:
      node.value = value.as_string().str;
      break;
    case toml::value_t::offset_datetime:
      node.value = std::chrono::floor<std::chrono::milliseconds>(
          std::chrono::system_clock::time_point(value.as_offset_datetime()));
      break;
    case toml::value_t::array: {
      TomlNode::List list;
      for (const toml::value& entry : value.as_array())
        list.push_back(to_node(entry));
      node.value = std::move(list);
      break;
    }
    case toml::value_t::table:
      node.value = to_table(value);
      break;
    case toml::value_t::empty:
    case toml::value_t::local_datetime:
    case toml::value_t::local_date:
    case toml::value_t::local_time:
      break;
  }
  return node;
}

// What the library says in several lines:
//
//   [error] toml::parse_table: invalid line format
//    --> relay.toml
//      |
//    1 | a = 12x
//      |       ^--- expected newline, but got 'x'.
struct Complaint {
  std::string text;    // The first line without its prefix, and what stands at the last caret.
  std::string echoed;  // The line of the file that the last caret points into.
  TextPlace place;     // Line 0: no caret.
};

std::string_view trim_complaint(std::string_view line) {
  if (line.starts_with("[error] ")) line.remove_prefix(8);
  if (const std::size_t colon = line.find(": "); colon != line.npos) line.remove_prefix(colon + 2);
  while (line.ends_with('.'))
    line.remove_suffix(1);
  return line;
}

// "   |    ^--- should be `=`" as "should be `=`".
std::string_view trim_remark(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_of("^~"), line.size()));
  line.remove_prefix(std::min(line.find_first_not_of("^~- "), line.size()));
  while (line.ends_with('.'))
    line.remove_suffix(1);
  return line == "here" ? "" : line;
}

Complaint read_complaint(const std::string& what) {
  Complaint complaint{.text = "", .echoed = "", .place = {0, 0}};
  std::istringstream lines(what);
  std::string line;
  std::getline(lines, line);
  complaint.text = trim_complaint(line);
  std::string remark;
  std::string echoed;
  std::int64_t number = 0;
  while (std::getline(lines, line)) {
    const std::size_t first = line.find_first_not_of(' ');
    const std::size_t bar = line.find("| ");
    if (first == std::string::npos || bar == std::string::npos) continue;
    if (line[first] >= '0' && line[first] <= '9') {
      std::from_chars(line.data() + first, line.data() + line.size(), number);
      echoed = line.substr(bar + 2);
    } else if (const std::size_t caret = line.find_first_of("^~"); first == bar && caret > bar) {
      if (caret == std::string::npos) continue;
      complaint.place = {number, static_cast<std::int64_t>(caret - bar) - 1};
      complaint.echoed = echoed;
      remark = trim_remark(line);
    }
  }
  if (!remark.empty()) complaint.text.append(": ").append(remark);
  return complaint;
}

TextPlace place_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0.
  return {std::ranges::count(before, '\n') + 1, static_cast<std::int64_t>(offset - line_begin) + 1};
}

Error syntax_error(const toml::exception& exception,
                   const std::string& text,
                   const std::string& name) {
  const Complaint complaint = read_complaint(exception.what());
  TextPlace place{static_cast<std::int64_t>(exception.location().line()),
                  static_cast<std::int64_t>(exception.location().column())};
  if (complaint.place.line > 0) {
    place = complaint.place;
    // Inside a date the library counts from the beginning of the value and shows the value alone.
    const std::size_t found = text.find(complaint.echoed);
    const bool is_whole_line = ("\n" + text).find("\n" + complaint.echoed) != std::string::npos;
    if (!is_whole_line && found != std::string::npos) {
      place = place_at(text, found + static_cast<std::size_t>(complaint.place.column) - 1);
    }
  }
  return Error{ErrorKind::config_invalid,
               format_place(name, place) + ": not valid TOML: " + complaint.text,
               ""};
}

}  // namespace

Result<TomlNode> parse_toml(const std::string& text, const std::string& name) {
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos) {
    return Error{ErrorKind::config_invalid,
                 format_place(name, place_at(text, nul)) + ": not valid TOML: a NUL byte",
                 ""};
  }
  // On its way to this complaint the library reads memory that is not the text's.
  if (const std::size_t bad = find_not_utf8(text); bad != std::string::npos) {
    return Error{ErrorKind::config_invalid,
                 format_place(name, place_at(text, bad)) + ": not valid TOML: not UTF-8",
                 ""};
  }
  try {
    std::istringstream in(text, std::ios::binary);
    return to_node(toml::parse(in, name));
  } catch (const toml::exception& exception) {
    return syntax_error(exception, text, name);
  } catch (const std::exception&) {
    return Error{ErrorKind::config_invalid, name + ": not valid TOML", ""};
  }
}

std::string_view describe_node(const TomlNode& node) {
  struct Describe {
    std::string_view operator()(bool) const { return "a boolean"; }
    std::string_view operator()(std::int64_t) const { return "an integer"; }
    std::string_view operator()(double) const { return "a float"; }
    std::string_view operator()(const std::string&) const { return "a string"; }
    std::string_view operator()(std::chrono::sys_time<std::chrono::milliseconds>) const {
      return "a time";
    }
    std::string_view operator()(TomlLocalTime) const { return "a time without a zone"; }
    std::string_view operator()(TomlOutOfRange) const { return "a number out of range"; }
    std::string_view operator()(const TomlNode::List&) const { return "a list"; }
    std::string_view operator()(const TomlNode::Table&) const { return "a table"; }
  };
  return std::visit(Describe{}, node.value);
}

std::string format_place(std::string_view name, TextPlace place) {
  return std::string(name) + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::string toml_library_version() {
  return std::to_string(TOML11_VERSION_MAJOR) + "." + std::to_string(TOML11_VERSION_MINOR) + "." +
         std::to_string(TOML11_VERSION_PATCH);
}

}  // namespace relay
