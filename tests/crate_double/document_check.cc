#include "crate_double/document_check.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace relay {
namespace {

using Json = nlohmann::json;

// The value of {"$name": "..."}, when it is that.
const Json* wrapped(const Json& value, std::string_view name) {
  if (!value.is_object() || value.size() != 1 || value.begin().key() != name) return nullptr;
  return &value.begin().value();
}

bool is_wrapper(const Json& value) {
  return value.is_object() && !value.empty() && value.begin().key().starts_with('$');
}

bool is_number_of(const Json& data, const std::string& digits) {
  if (!data.is_number()) return false;
  if (data.is_number_float()) {
    const double wanted = std::strtod(digits.c_str(), nullptr);
    return data.get<double>() == wanted &&
           std::to_string(std::strtoll(digits.c_str(), nullptr, 10)) == digits;
  }
  const std::int64_t stored = data.get<std::int64_t>();
  if (std::to_string(stored) == digits) return true;
  // A sub-column of doubles prints the shortest digits that read back to the number: of one beyond
  // 2^53 the last may be others than those of the integer that it is.
  const std::int64_t wanted = std::strtoll(digits.c_str(), nullptr, 10);
  const auto as_double = static_cast<double>(wanted);
  return std::abs(as_double) > 0x1p53 && std::abs(as_double) < 0x1p63 &&
         static_cast<std::int64_t>(as_double) == wanted && static_cast<double>(stored) == as_double;
}

// Of two wrappers. Writers differ in how they print one and the same double.
bool is_same_double(const Json& text, const Json& other) {
  if (text == other) return true;
  const double wanted = std::strtod(text.get<std::string>().c_str(), nullptr);
  return wanted != 0 && wanted == std::strtod(other.get<std::string>().c_str(), nullptr);
}

// A value that is no document and no array, in `data`.
bool is_same(const Json& value, const Json& data) {
  // In canonical form: a misfit of a column, or a table with json = "extended".
  if (data == value) return true;
  for (const char* name : {"$numberInt", "$numberLong"}) {
    if (const Json* digits = wrapped(value, name))
      return is_number_of(data, digits->get<std::string>());
  }
  if (const Json* text = wrapped(value, "$numberDouble")) {
    if (const Json* other = wrapped(data, "$numberDouble")) return is_same_double(*text, *other);
    const double wanted = std::strtod(text->get<std::string>().c_str(), nullptr);
    return data.is_number() && data.get<double>() == wanted && *text != "-0.0" && *text != "NaN";
  }
  if (const Json* hex = wrapped(value, "$oid")) return data == *hex;
  if (const Json* date = wrapped(value, "$date")) {
    const Json* ms = wrapped(*date, "$numberLong");
    return ms != nullptr && is_number_of(data, ms->get<std::string>());
  }
  if (wrapped(value, "$binary") != nullptr)
    return data == value || (data.is_string() && data.get_ref<const std::string&>().size() == 36);
  return data == value;  // Texts, truths, nulls, and wrappers that stay what they are.
}

std::string find_in_array(const Json& array, const Json& data, const std::string& path);

// All of the value is in `data`.
std::string find_in_data(const Json& value, const Json& data, const std::string& path) {
  if (value.is_array()) return find_in_array(value, data, path);
  if (!value.is_object() || is_wrapper(value))
    return is_same(value, data) ? "" : path + ": " + value.dump() + " became " + data.dump();
  if (!data.is_object() || data.size() != value.size()) return path + ": other fields";
  for (const auto& [name, inner] : value.items()) {
    if (!data.contains(name)) return path + "." + name + ": missing";
    const std::string change = find_in_data(inner, data[name], path + "." + name);
    if (!change.empty()) return change;
  }
  return "";
}

std::string find_in_array(const Json& array, const Json& data, const std::string& path) {
  if (!data.is_array() || data.size() != array.size()) return path + ": another array";
  for (std::size_t i = 0; i < array.size(); ++i) {
    const std::string change =
        find_in_data(array[i], data[i], path + "[" + std::to_string(i) + "]");
    if (!change.empty()) return change;
  }
  return "";
}

// Both canonical.
bool is_same_in_overflow(const Json& value, const Json& overflow) {
  const Json* const left = wrapped(value, "$numberDouble");
  const Json* const right = wrapped(overflow, "$numberDouble");
  if (left != nullptr && right != nullptr) return is_same_double(*left, *right);
  if (value.type() != overflow.type() || value.size() != overflow.size()) return false;
  if (!value.is_structured()) return value == overflow;
  for (auto at = value.begin(); at != value.end(); ++at) {
    if (value.is_object() && !overflow.contains(at.key())) return false;
    const Json& other = value.is_object() ? overflow[at.key()]
                                          : overflow[static_cast<std::size_t>(at - value.begin())];
    if (!is_same_in_overflow(*at, other)) return false;
  }
  return true;
}

std::string find_in_document(const Json& document,
                             const Json& data,
                             const Json& overflow,
                             const std::string& path) {
  if (!data.is_object()) return path + ": no object";
  for (const auto& part : {data, overflow}) {
    if (part.is_null()) continue;
    for (const auto& [name, value] : part.items()) {
      if (!document.contains(name)) return path + "." + name + ": comes from nowhere";
    }
  }
  for (const auto& [name, value] : document.items()) {
    const std::string where = path + "." + name;
    const bool is_in_data = data.contains(name);
    const bool is_in_overflow = overflow.is_object() && overflow.contains(name);
    if (!is_in_data && !is_in_overflow) return where + ": missing";
    if (!is_in_overflow) {
      const std::string change = find_in_data(value, data[name], where);
      if (!change.empty()) return change;
    } else if (!is_in_data) {
      if (!is_same_in_overflow(value, overflow[name])) return where + ": changed in overflow";
    } else {
      if (!value.is_object() || is_wrapper(value)) return where + ": twice";
      const std::string change = find_in_document(value, data[name], overflow[name], where);
      if (!change.empty()) return change;
    }
  }
  return "";
}

}  // namespace

std::string find_change(const Json& document, const Json& data, const Json& overflow) {
  return find_in_document(document, data, overflow, "");
}

}  // namespace relay
