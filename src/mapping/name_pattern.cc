#include "mapping/name_pattern.h"

namespace relay {

bool has_wildcard(std::string_view text) {
  return text.find('*') != std::string_view::npos;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Greedy with one point of return, the last star: more are never needed, so time is bounded by
  // the product of the lengths.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

bool matches_namespace(NamespaceView pattern, NamespaceView ns) {
  if (ns.database == "admin" || ns.database == "local" || ns.database == "config") return false;
  if (ns.collection.empty() || ns.collection.starts_with("system.")) return false;
  return matches_pattern(pattern.database, ns.database) &&
         matches_pattern(pattern.collection, ns.collection);
}

NamespaceView split_namespace(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return {};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

}  // namespace relay
