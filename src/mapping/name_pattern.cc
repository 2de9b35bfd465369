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

bool is_temporary_collection(std::string_view collection) {
  // $out and mapReduce.
  if (collection.starts_with("tmp.agg_out.") || collection.starts_with("tmp.mr.")) return true;
  // With five characters drawn by lot.
  constexpr std::string_view kFront = "tmp";
  constexpr std::size_t kFrontSize = kFront.size() + 5;
  if (!collection.starts_with(kFront) || collection.size() < kFrontSize) return false;
  const std::string_view rest = collection.substr(kFrontSize);
  const bool is_drawn = collection.substr(0, kFrontSize).find('.') == std::string_view::npos;
  return is_drawn && (rest.starts_with(".convertToCapped.") || rest == ".renameCollection");
}

bool matches_namespace(NamespaceView pattern, NamespaceView ns) {
  if (ns.database == "admin" || ns.database == "local" || ns.database == "config") return false;
  if (ns.collection.empty() || ns.collection.starts_with("system.")) return false;
  if (is_temporary_collection(ns.collection)) return false;
  return matches_pattern(pattern.database, ns.database) &&
         matches_pattern(pattern.collection, ns.collection);
}

NamespaceView split_namespace(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == text.size()) return {};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

}  // namespace relay
