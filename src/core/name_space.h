// Namespace: database.collection, as the source names it.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace relay {

struct Namespace {
  std::string database;
  std::string collection;  // Empty: the whole database.

  auto operator<=>(const Namespace&) const = default;
};

// A namespace inside bytes that somebody else owns.
struct NamespaceView {
  std::string_view database;
  std::string_view collection;  // Empty: the whole database.

  bool operator==(const NamespaceView&) const = default;
};

inline std::string format_namespace(NamespaceView ns) {
  std::string text(ns.database);
  if (!ns.collection.empty()) text.append(".").append(ns.collection);
  return text;
}

inline NamespaceView view_of(const Namespace& ns) {
  return {ns.database, ns.collection};
}

}  // namespace relay
