#include "verify/array_text.h"

#include <algorithm>
#include <utility>

namespace relay {
namespace {

// `text` begins behind the opening quote, and behind the closing one afterwards.
bool take_quoted(std::string_view& text, std::string& element) {
  for (;;) {
    const std::size_t special = text.find_first_of("\"\\");
    if (special == std::string_view::npos) return false;
    element += text.substr(0, special);
    const bool is_end = text[special] == '"';
    text.remove_prefix(special + 1);
    if (is_end) return true;
    if (text.empty()) return false;
    element.push_back(text.front());
    text.remove_prefix(1);
  }
}

bool take_element(std::string_view& text, ArrayElements& elements) {
  if (text.starts_with('"')) {
    text.remove_prefix(1);
    return take_quoted(text, elements.emplace_back().emplace());
  }
  const std::size_t end = std::min(text.find_first_of(",{}\"\\"), text.size());
  if (end == 0) return false;
  const std::string_view bare = text.substr(0, end);
  text.remove_prefix(end);
  elements.emplace_back();
  if (bare != "NULL") elements.back() = bare;
  return true;
}

}  // namespace

std::optional<ArrayElements> parse_array_text(std::string_view text) {
  ArrayElements elements;
  if (text == "{}") return elements;
  if (!text.starts_with('{')) return std::nullopt;
  char separator = ',';
  text.remove_prefix(1);
  while (separator == ',') {
    if (!take_element(text, elements) || text.empty()) return std::nullopt;
    separator = text.front();
    text.remove_prefix(1);
  }
  if (separator != '}' || !text.empty()) return std::nullopt;
  return elements;
}

}  // namespace relay
