#include "decode/filter.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <string_view>

#include "decode/bson_reader.h"
#include "decode/number_order.h"

namespace relay {
namespace {

enum class Search : std::uint8_t { found, missing, malformed };

Search find_field(RawDocument document, const FieldPath& path, BsonElement& element) {
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    BsonReader reader;
    if (!reader.open(document)) return Search::malformed;
    for (;;) {
      const BsonReader::Step step = reader.next(element);
      if (step == BsonReader::Step::malformed) return Search::malformed;
      if (step == BsonReader::Step::end) return Search::missing;
      if (element.name() == path[depth]) break;
    }
    if (depth + 1 == path.size()) return Search::found;
    if (element.type != BsonType::document) return Search::missing;
    document = element.document();
  }
  return Search::missing;
}

// nullopt: the two cannot be compared.
std::optional<std::partial_ordering> compare(const BsonElement& field, const Literal& literal) {
  switch (field.type) {
    case BsonType::int32:
    case BsonType::int64:
    case BsonType::double_:
    case BsonType::decimal128:
      if (const auto* integer = std::get_if<std::int64_t>(&literal))
        return compare_number(field, *integer);
      if (const auto* real = std::get_if<double>(&literal)) return compare_number(field, *real);
      return std::nullopt;
    case BsonType::string:
    case BsonType::symbol:
      if (const auto* text = std::get_if<std::string>(&literal))
        return field.text() <=> std::string_view(*text);
      return std::nullopt;
    case BsonType::boolean:
      if (const auto* boolean = std::get_if<bool>(&literal))
        return (*field.value_at != 0) <=> *boolean;
      return std::nullopt;
    case BsonType::date:
      if (const auto* time =
              std::get_if<std::chrono::sys_time<std::chrono::milliseconds>>(&literal))
        return load_i64(field.value_at) <=> time->time_since_epoch().count();
      return std::nullopt;
    case BsonType::document:
    case BsonType::array:
    case BsonType::binary:
    case BsonType::undefined:
    case BsonType::object_id:
    case BsonType::null:
    case BsonType::regex:
    case BsonType::db_pointer:
    case BsonType::code:
    case BsonType::code_with_scope:
    case BsonType::timestamp:
    case BsonType::max_key:
    case BsonType::min_key:
      break;
  }
  return std::nullopt;
}

bool holds(const BsonElement& field, Comparison comparison, const Literal& literal) {
  const std::optional<std::partial_ordering> order = compare(field, literal);
  if (!order) return false;
  switch (comparison) {
    case Comparison::equal:
    case Comparison::in:
      return *order == std::partial_ordering::equivalent;
    case Comparison::not_equal:
      return *order != std::partial_ordering::equivalent;
    case Comparison::less:
      return *order == std::partial_ordering::less;
    case Comparison::at_most:
      return *order <= 0;
    case Comparison::greater:
      return *order == std::partial_ordering::greater;
    case Comparison::at_least:
      return *order >= 0;
    case Comparison::exists:
      break;
  }
  return false;
}

}  // namespace

bool DocumentFilter::match_all(RawDocument document) const {
  for (const FilterCondition& condition : conditions_) {
    BsonElement field;
    const Search search = find_field(document, condition.path, field);
    if (search == Search::malformed) return true;
    const bool is_found = search == Search::found;
    bool is_met = false;
    if (condition.comparison == Comparison::exists) {
      const auto* wanted = std::get_if<bool>(&condition.values.front());
      is_met = wanted != nullptr && *wanted == is_found;
    } else if (is_found) {
      is_met = std::ranges::any_of(condition.values, [&](const Literal& literal) {
        return holds(field, condition.comparison, literal);
      });
    }
    if (!is_met) return false;
  }
  return true;
}

}  // namespace relay
