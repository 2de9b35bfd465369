#include "decode/change_cutter.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "decode/bson_bytes.h"
#include "decode/bson_reader.h"
#include "decode/json_writer.h"

namespace relay {
namespace {

// Where a text could lead: several nodes, because a number may be a name or a place in an array.
using Nodes = std::vector<const PathNode*>;

bool is_number(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
}

// Follows one name. False: it could be excluded.
bool follow(std::string_view name, const Nodes& from, Nodes& to) {
  for (const PathNode* node : from) {
    const PathNode* const child = node->find(name);
    if (child == nullptr) continue;
    if (child->is_excluded()) return false;
    if (child->has_exclusions_below()) to.push_back(child);
  }
  return true;
}

bool follow_dotted(std::string_view path, Nodes& nodes) {
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    const std::string_view name = path.substr(start, dot - start);
    Nodes next;
    if (!follow(name, nodes, next)) return false;
    if (is_number(name)) next.insert(next.end(), nodes.begin(), nodes.end());
    nodes = std::move(next);
    start = dot + 1;
  }
  return true;
}

class Cutter {
 public:
  explicit Cutter(const PathNode& root) : root_(root) {}

  // False: malformed, or nested too deeply.
  bool cut(RawDocument description, std::string& out) {
    return copy(description, out, [&](const BsonElement& element) {
      if (element.type == BsonType::document) return cut_section(element, out);
      if (element.type == BsonType::array) return cut_list(element, out);
      return put(element, out);
    });
  }

 private:
  // Copies a document element by element, as `take` says.
  template <class Take>
  static bool copy(RawDocument document, std::string& out, Take take) {
    BsonReader reader;
    if (!reader.open(document)) return false;
    const std::size_t start = begin_document(out);
    BsonElement element;
    BsonReader::Step step = reader.next(element);
    for (; step == BsonReader::Step::element; step = reader.next(element)) {
      if (!take(element)) return false;
    }
    end_document(start, out);
    return step == BsonReader::Step::end;
  }

  static bool put(const BsonElement& element, std::string& out) {
    begin_element(element.type, element.name(), out);
    out.append(view_text(element.value_at, element.value_size));
    return true;
  }

  // A document whose names are paths.
  bool cut_section(const BsonElement& section, std::string& out) {
    begin_element(section.type, section.name(), out);
    return copy(section.document(), out, [&](const BsonElement& element) {
      Nodes nodes{&root_};
      if (!follow_dotted(element.name(), nodes)) return true;
      return cut_value(element, nodes, 0, out);
    });
  }

  // An array of paths, or of documents with a path in `field`.
  bool cut_list(const BsonElement& list, std::string& out) {
    begin_element(list.type, list.name(), out);
    return copy(list.document(), out, [&](const BsonElement& element) {
      Nodes nodes{&root_};
      if (element.type == BsonType::string && !follow_dotted(element.text(), nodes)) return true;
      if (element.type == BsonType::document) {
        BsonReader reader;
        BsonElement field;
        if (!reader.open(element.document())) return false;
        while (reader.next(field) == BsonReader::Step::element) {
          if (field.type == BsonType::string && field.name() == "field" &&
              !follow_dotted(field.text(), nodes))
            return true;
        }
      }
      return put(element, out);
    });
  }

  // A value of the documents themselves.
  static bool cut_value(const BsonElement& value,
                        const Nodes& nodes,
                        std::size_t depth,
                        std::string& out) {
    const bool is_array = value.type == BsonType::array;
    if (nodes.empty() || (value.type != BsonType::document && !is_array)) return put(value, out);
    if (depth == kDepthMax) return false;
    begin_element(value.type, value.name(), out);
    return copy(value.document(), out, [&](const BsonElement& element) {
      if (is_array) return cut_value(element, nodes, depth + 1, out);
      Nodes inside;
      if (!follow(element.name(), nodes, inside)) return true;
      return cut_value(element, inside, depth + 1, out);
    });
  }

  const PathNode& root_;
};

}  // namespace

std::vector<std::uint8_t> cut_update_description(RawDocument description, const PathNode& root) {
  std::string out;
  // What fails here fails again when it is written as JSON, so nothing of it gets through.
  if (!Cutter(root).cut(description, out)) return {description.begin(), description.end()};
  return {out.begin(), out.end()};
}

}  // namespace relay
