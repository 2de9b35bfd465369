#include "mapping/field_path.h"

#include <algorithm>

namespace relay {

std::optional<FieldPath> parse_path(std::string_view text) {
  FieldPath path;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t dot = std::min(text.find('.', start), text.size());
    const std::string_view name = text.substr(start, dot - start);
    if (name.empty() || name.find('\0') != std::string_view::npos) return std::nullopt;
    path.emplace_back(name);
    start = dot + 1;
  }
  return path;
}

std::string format_path(const FieldPath& path) {
  std::string text;
  for (const std::string& name : path) {
    if (!text.empty()) text.push_back('.');
    text += name;
  }
  return text;
}

bool is_within(const FieldPath& inner, const FieldPath& outer) {
  return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

}  // namespace relay
