#include "survey/field_statistics.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <utility>

#include "decode/fit_table.h"
#include "mapping/field_path.h"
#include "plan/table_limits.h"

namespace relay {
namespace {

constexpr ColumnType of(TypeName name) {
  return {.name = name};
}
constexpr ColumnType list_of(TypeName name) {
  return {.name = name, .is_array = true};
}

constexpr ColumnType numeric_of(int scale, bool is_array = false) {
  return {.name = TypeName::numeric, .precision = 38, .scale = scale, .is_array = is_array};
}

// In the order of preference; those that the target does not have are passed over. The numeric with
// bounds are for targets that know no other. json is what is left.
constexpr std::array kCandidates = {
    of(TypeName::boolean),
    of(TypeName::bigint),
    of(TypeName::double_precision),
    of(TypeName::numeric),
    numeric_of(10),
    numeric_of(18),
    numeric_of(2),
    of(TypeName::timestamp),
    of(TypeName::uuid),
    of(TypeName::text),
    of(TypeName::bytea),
    list_of(TypeName::boolean),
    list_of(TypeName::bigint),
    list_of(TypeName::double_precision),
    list_of(TypeName::numeric),
    numeric_of(10, true),
    numeric_of(18, true),
    numeric_of(2, true),
    list_of(TypeName::timestamp),
    list_of(TypeName::uuid),
    list_of(TypeName::text),
    list_of(TypeName::bytea),
};
static_assert(kCandidates.size() <= 32);

bool has(const KindCounts& kinds, std::string_view kind) {
  return kinds.contains(kind);
}

// Kinds but null, which every column takes.
std::size_t count_families(const KindCounts& kinds) {
  std::set<std::string_view> families;
  for (const auto& [kind, count] : kinds) {
    if (kind != "null") families.insert(family_of(kind));
  }
  return families.size();
}

// Whether the type is as wide as what was seen: 3.0 is a whole number, but the next value of the
// field may be 3.5.
bool is_wide_enough(TypeName type, const KindCounts& kinds) {
  const bool has_decimal = has(kinds, "decimal");
  if (type == TypeName::bigint) return !has_decimal && !has(kinds, "double");
  if (type == TypeName::double_precision) return !has_decimal;
  return true;
}

// The key's own rules: any `_id` is a text, and other columns would turn documents away whose `_id`
// does not fit.
std::optional<ColumnType> choose_key(const KindCounts& kinds) {
  if (kinds.empty()) return std::nullopt;
  const auto are_all = [&](std::initializer_list<std::string_view> wanted) {
    return std::ranges::all_of(kinds, [&](const auto& each) {
      return std::ranges::find(wanted, each.first) != wanted.end();
    });
  };
  if (are_all({"int", "long"})) return of(TypeName::bigint);
  if (are_all({"uuid"})) return of(TypeName::uuid);
  return of(TypeName::text);
}

bool is_path_name(std::string_view name) {
  return !name.empty() && name.find('.') == std::string_view::npos;
}

}  // namespace

std::uint64_t FieldFacts::value_count() const {
  return std::accumulate(
      kinds.begin(), kinds.end(), std::uint64_t{0}, [](std::uint64_t sum, const auto& each) {
        return sum + each.second;
      });
}

FieldStatistics::FieldStatistics(std::vector<FieldPath> exclude, JsonForm json, TargetKind target)
    : exclude_(std::move(exclude)), json_(json), target_(target) {}

bool FieldStatistics::is_excluded(const FieldPath& path) const {
  return std::ranges::find(exclude_, path) != exclude_.end();
}

void FieldStatistics::add(RawDocument document) {
  ++document_count_;
  FieldPath path;
  add_fields(document, root_, path);
}

void FieldStatistics::add_fields(RawDocument document, Node& node, FieldPath& path) {
  BsonReader reader;
  if (!reader.open(document)) return;
  BsonElement element;
  while (reader.next(element) == BsonReader::Step::element) {
    const std::string_view name = element.name();
    if (!is_path_name(name)) {
      node.has_bad_name = true;
      continue;
    }
    path.emplace_back(name);
    if (!is_excluded(path)) {
      auto field = node.fields.find(name);
      if (field == node.fields.end() && node.fields.size() < kNamesMax)
        field = node.fields.try_emplace(std::string(name)).first;
      if (field == node.fields.end()) {
        has_more_names_ = true;
      } else {
        const bool is_key = path.size() == 1 && name == "_id";
        add_value(element, is_key, field->second, path);
      }
    }
    path.pop_back();
  }
}

void FieldStatistics::add_value(const BsonElement& element,
                                bool is_key,
                                Node& node,
                                FieldPath& path) {
  ++node.kinds[kind_of_value(element)];
  if (element.type == BsonType::null) return;
  Cell cell;
  for (std::size_t i = 0; i < kCandidates.size(); ++i) {
    const std::uint32_t bit = std::uint32_t{1} << i;
    if ((node.fitting & bit) == 0) continue;
    const ColumnRule rule{
        .type = kCandidates[i], .is_key = is_key, .json = json_, .target = target_};
    if (convert(element, rule, cell) != Rejection::none) node.fitting &= ~bit;
  }
  if (element.type == BsonType::array) {
    BsonReader reader;
    BsonElement each;
    if (!reader.open(element.document())) return;
    while (reader.next(each) == BsonReader::Step::element)
      ++node.elements[kind_of_value(each)];
  }
  // Deeper ones would get no column, nor those of the key.
  if (element.type == BsonType::document && !is_key && path.size() <= kOpenedDepthMax)
    add_fields(element.document(), node, path);
}

bool FieldStatistics::is_opened(const Node& node, std::size_t depth) {
  const bool are_all_documents = count_families(node.kinds) == 1 && has(node.kinds, "object");
  return are_all_documents && depth <= kOpenedDepthMax && !node.has_bad_name &&
         !node.fields.empty() && node.fields.size() <= kOpenedNamesMax;
}

std::optional<ColumnType> FieldStatistics::choose(const Node& node, bool is_key) const {
  if (is_key) {
    const std::optional<ColumnType> type = choose_key(node.kinds);
    const auto candidate = std::ranges::find(kCandidates, type.value_or(ColumnType{}));
    const auto place = static_cast<std::size_t>(candidate - kCandidates.begin());
    return type && (node.fitting & std::uint32_t{1} << place) == 0 ? of(TypeName::text) : type;
  }
  if (count_families(node.kinds) == 0) return std::nullopt;
  const bool has_elements = count_families(node.elements) > 0;
  for (std::size_t i = 0; i < kCandidates.size(); ++i) {
    if ((node.fitting & std::uint32_t{1} << i) == 0) continue;
    const ColumnType& type = kCandidates[i];
    if (!has_column_type(target_, type)) continue;
    // Empty lists say nothing about what will be in them.
    if (type.is_array && !has_elements) continue;
    if (is_wide_enough(type.name, type.is_array ? node.elements : node.kinds)) return type;
  }
  const bool are_documents = count_families(node.kinds) == 1 && has(node.kinds, "object");
  if (!are_documents && !takes_any_json(target_)) return std::nullopt;
  return of(TypeName::json);
}

void FieldStatistics::list(const Node& node,
                           FieldPath& path,
                           std::vector<FieldFacts>& facts) const {
  std::vector<const std::pair<const std::string, Node>*> order;
  for (const auto& field : node.fields)
    order.push_back(&field);
  const auto count_of = [](const Node& each) {
    return FieldFacts{.kinds = each.kinds}.value_count();
  };
  const bool is_top = path.empty();
  std::ranges::stable_sort(order, [&](const auto* a, const auto* b) {
    const bool is_key_first = is_top && a->first == "_id" && b->first != "_id";
    const bool is_key_second = is_top && b->first == "_id" && a->first != "_id";
    if (is_key_first || is_key_second) return is_key_first;
    return count_of(a->second) > count_of(b->second);
  });
  for (const auto* each : order) {
    const Node& field = each->second;
    path.push_back(each->first);
    FieldFacts fact{.path = path, .kinds = field.kinds, .elements = field.elements};
    const bool is_key = is_top && each->first == "_id";
    fact.type = choose(field, is_key);
    const bool has_own_type = fact.type && fact.type != of(TypeName::json);
    const bool is_number_without_column = count_families(field.kinds) == 1 && !has_own_type &&
                                          family_of(field.kinds.begin()->first) == "number";
    fact.is_conflict = count_families(field.kinds) > 1 || count_families(field.elements) > 1 ||
                       is_number_without_column;
    fact.is_opened = !is_key && is_opened(field, path.size());
    const bool goes_on = fact.is_opened;
    facts.push_back(std::move(fact));
    if (goes_on) list(field, path, facts);
    path.pop_back();
  }
}

std::vector<FieldFacts> FieldStatistics::fields() const {
  std::vector<FieldFacts> facts;
  FieldPath path;
  list(root_, path, facts);
  return facts;
}

}  // namespace relay
