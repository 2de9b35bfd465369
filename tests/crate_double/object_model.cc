#include "crate_double/object_model.h"

#include <charconv>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace relay {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTextBytesMax = 32'766;
constexpr int kDepthMax = 100;

struct Refused {
  std::string error;
};
struct Dropped {};

class Storer {
 public:
  Storer(SubColumns& columns, std::size_t columns_max)
      : columns_(columns), columns_max_(columns_max) {}

  [[nodiscard]] bool has_grown() const { return !changes_.empty(); }

  // What a document brought goes with it.
  void undo() {
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
      if (change->second.empty()) {
        columns_.erase(change->first);
      } else {
        columns_[change->first] = change->second;
      }
    }
  }

  Json store_fields(const Json& object, const std::string& path, int depth) {
    if (depth >= kDepthMax)
      throw Refused{"Limit of max column depth [100] in table [doc.t] exceeded"};
    Json stored = Json::object();
    for (const auto& [name, value] : object.items()) {
      check_name(name);
      stored[name] = store(value, path + "['" + name + "']", depth);
    }
    return stored;
  }

 private:
  Json store(const Json& value, const std::string& path, int depth) {
    auto known = columns_.find(path);
    if (value.is_null()) {
      if (known == columns_.end()) add(path, "undefined");
      return value;
    }
    if (known == columns_.end() || known->second == "undefined") {
      const std::string type = guess(value);
      if (known == columns_.end()) {
        add(path, type);
      } else {
        refine(path, known->second, type);
      }
      known = columns_.find(path);
    }
    if (known->second == "undefined_array" && value.is_array())
      refine(path, known->second, guess(value));
    return cast(value, known->second, path, depth);
  }

  static void check_name(const std::string& name) {
    const std::string quoted = "\"" + name + "\"";
    if (name.find('.') != std::string::npos) throw Refused{quoted + " contains a dot"};
    if (name.find('[') != std::string::npos)
      throw Refused{quoted + " conflicts with subscript pattern, square brackets are not allowed"};
    if (name.find_first_of("\t\n\r") != std::string::npos)
      throw Refused{quoted + " contains illegal whitespace character"};
  }

  void add(const std::string& path, const std::string& type) {
    if (columns_.size() >= columns_max_)
      throw Refused{"Limit of total columns [1000] in table [doc.t] exceeded"};
    columns_.emplace(path, type);
    changes_.emplace_back(path, "");
  }

  void refine(const std::string& path, std::string& type, const std::string& refined) {
    if (type == refined) return;  // A second empty array brings nothing.
    changes_.emplace_back(path, type);
    type = refined;
  }

  static std::string guess(const Json& value) {
    if (value.is_boolean()) return "boolean";
    if (value.is_number_float()) return "double precision";
    if (value.is_number_unsigned() &&
        value.get<std::uint64_t>() >
            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      throw Refused{"Cannot detect the type of the value: " + value.dump()};
    if (value.is_number_integer()) return "bigint";
    if (value.is_string()) return "text";
    if (value.is_object()) return "object";
    return guess_array(value);
  }

  static std::string guess_array(const Json& array) {
    std::string element;
    for (const Json& value : array) {
      if (value.is_null()) continue;
      const std::string type = guess(value);
      if (element.empty() || element == type) {
        element = type;
      } else if ((element == "bigint" && type == "double precision") ||
                 (type == "bigint" && element == "double precision")) {
        element = "double precision";
      } else if ((element == "text" && type == "bigint") ||
                 (element == "bigint" && type == "text")) {
        throw Dropped{};
      } else {
        throw Refused{"Cannot cast expressions from type `" + element + "` to type `" + type + "`"};
      }
    }
    return (element.empty() ? "undefined" : element) + "_array";
  }

  [[noreturn]] static void refuse_cast(const Json& value, const std::string& type) {
    throw Refused{"Cannot cast object element with value `" + value.dump() + "` to type `" + type +
                  "`"};
  }

  Json cast(const Json& value, const std::string& type, const std::string& path, int depth) {
    if (type.ends_with("_array")) return cast_array(value, type, path, depth);
    if (type == "object") {
      if (value.is_object()) return store_fields(value, path, depth + 1);
      const Json parsed = value.is_string() ? Json::parse(value.get<std::string>(), nullptr, false)
                                            : Json(Json::value_t::discarded);
      if (!parsed.is_object()) refuse_cast(value, type);
      return store_fields(parsed, path, depth + 1);
    }
    if (type == "bigint") return cast_integer(value);
    if (type == "double precision") return cast_double(value);
    if (type == "boolean") return cast_boolean(value);
    return cast_text(value);
  }

  Json cast_array(const Json& value, const std::string& type, const std::string& path, int depth) {
    if (!value.is_array()) refuse_cast(value, type);
    const std::string element = type.substr(0, type.size() - std::string_view("_array").size());
    Json stored = Json::array();
    for (const Json& item : value)
      stored.push_back(item.is_null() ? item : cast(item, element, path, depth));
    return stored;
  }

  // A fraction is cut off, and of an integer beyond int64 only the low 64 bits are taken.
  static Json cast_integer(const Json& value) {
    std::int64_t number = 0;
    if (value.is_number_float()) {
      number = static_cast<std::int64_t>(value.get<double>());
    } else if (value.is_number()) {
      number = static_cast<std::int64_t>(value.get<std::uint64_t>());
    } else {
      const std::string text = value.is_string() ? value.get<std::string>() : "";
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data(), end, number);
      if (text.empty() || read.ec != std::errc() || read.ptr != end) refuse_cast(value, "bigint");
    }
    if (number >= std::numeric_limits<std::int64_t>::max() ||
        number == std::numeric_limits<std::int64_t>::min())
      throw Refused{"Value " + value.dump() + " exceeds allowed range for column of type bigint"};
    return number;
  }

  static Json cast_double(const Json& value) {
    if (value.is_number()) return value.get<double>();
    if (!value.is_string()) refuse_cast(value, "double precision");
    const std::string text = value.get<std::string>();
    double number = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (text.empty() || read.ptr != end) refuse_cast(value, "double precision");
    return number;
  }

  static Json cast_boolean(const Json& value) {
    if (value.is_boolean()) return value;
    if (value.is_number()) return value.get<double>() > 0;
    if (value.is_string() && (value == "t" || value == "true")) return true;
    if (value.is_string() && (value == "f" || value == "false")) return false;
    refuse_cast(value, "boolean");
  }

  static Json cast_text(const Json& value) {
    if (value.is_array()) refuse_cast(value, "text");
    Json text = value.is_string() ? value : Json(value.dump());
    if (text.get_ref<const std::string&>().size() > kTextBytesMax)
      throw Refused{"Document contains at least one immense term in field"};
    return text;
  }

  SubColumns& columns_;
  std::size_t columns_max_;
  std::vector<std::pair<std::string, std::string>> changes_;  // Path, type before; "": none.
};

}  // namespace

StoredObject store_object(const std::string& text, SubColumns& columns, std::size_t columns_max) {
  const Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded())
    return {.fate = StoredObject::Fate::refused, .error = "Cannot cast `...` to type `object`"};
  // A number, a text and null become an empty object; so does an array.
  if (!document.is_object()) return {.value = Json::object()};
  Storer storer(columns, columns_max);
  try {
    Json stored = storer.store_fields(document, "", 0);
    return {.value = std::move(stored), .has_grown = storer.has_grown()};
  } catch (const Refused& refused) {
    storer.undo();
    return {.fate = StoredObject::Fate::refused, .error = refused.error};
  } catch (const Dropped&) {
    storer.undo();
    return {.fate = StoredObject::Fate::dropped};
  }
}

}  // namespace relay
