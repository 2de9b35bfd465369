// FieldStatistics: what the fields of sampled documents hold, and which column takes all of it.
//
// A column type is judged by the conversion that writes rows (decode/fit_table.h): the type that is
// chosen for a field has no misfit in the sample, by construction; documents on CrateDB apart, of
// which OBJECT may change something. Values are looked at and never
// kept; names of fields are.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/raw_document.h"
#include "core/target_kind.h"
#include "mapping/table_mapping.h"
#include "survey/value_kind.h"

namespace relay {

// One field of the top level, or of a document inside of documents.
struct FieldFacts {
  FieldPath path{};
  KindCounts kinds{};     // Values in the sample; explicit nulls are "null".
  KindCounts elements{};  // Of all its arrays together.
  // The type that takes all of them exactly, json at worst. nullopt: nothing but nulls, or no
  // column of the target takes them all.
  std::optional<ColumnType> type{};
  // Values of several families, or (numbers) of widths that no column of numbers takes together.
  bool is_conflict = false;
  // Every value is a document, so few names that each deserves a column: the fields inside of it
  // follow it in the list.
  bool is_opened = false;

  [[nodiscard]] std::uint64_t value_count() const;
};

class FieldStatistics {
 public:
  // `exclude`: paths that are passed over. `json`: as in the mapping.
  FieldStatistics(std::vector<FieldPath> exclude, JsonForm json, TargetKind target);

  // A well-formed document. A name that is in it twice counts twice.
  void add(RawDocument document);

  [[nodiscard]] std::uint64_t document_count() const { return document_count_; }

  // `_id` first, then by how many documents have the field, then by name. Fields of a document that
  // is opened come right behind it.
  [[nodiscard]] std::vector<FieldFacts> fields() const;

  // True: some document has more names than are counted, and the rest of them is not in fields().
  [[nodiscard]] bool has_more_names() const { return has_more_names_; }

  // A document with more names is a map of keys rather than a record.
  static constexpr std::size_t kOpenedNamesMax = 16;
  static constexpr std::size_t kOpenedDepthMax = 3;
  // Names of the top level, and of each document inside, that are counted.
  static constexpr std::size_t kNamesMax = 1'000;

 private:
  struct Node {
    KindCounts kinds{};
    KindCounts elements{};
    std::uint32_t fitting = ~std::uint32_t{0};  // Bits of kCandidates that took every value.
    std::map<std::string, Node, std::less<>> fields{};
    bool has_bad_name = false;  // A name that no path can have.
  };

  void add_fields(RawDocument document, Node& node, FieldPath& path);
  void add_value(const BsonElement& element, bool is_key, Node& node, FieldPath& path);
  [[nodiscard]] bool is_excluded(const FieldPath& path) const;
  [[nodiscard]] static bool is_opened(const Node& node, std::size_t depth);
  [[nodiscard]] std::optional<ColumnType> choose(const Node& node, bool is_key) const;
  void list(const Node& node, FieldPath& path, std::vector<FieldFacts>& facts) const;

  std::vector<FieldPath> exclude_;
  JsonForm json_;
  TargetKind target_;
  Node root_;
  std::uint64_t document_count_ = 0;
  bool has_more_names_ = false;
};

}  // namespace relay
