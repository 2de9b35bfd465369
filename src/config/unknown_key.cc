#include "config/unknown_key.h"

#include "config/nearest.h"
#include "config/value_text.h"

namespace relay {

std::string explain_unknown_key(std::string_view key, std::span<const std::string_view> known) {
  const std::string_view nearest = nearest_word(key, known);
  if (!nearest.empty()) return "unknown key; did you mean " + std::string(nearest) + "?";
  std::string text = "unknown key; known here: ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) text += ", ";
    text += known[i];
  }
  return text;
}

std::string show_key(std::string_view key) {
  constexpr std::string_view kBare =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  const bool is_bare = !key.empty() && key.find_first_not_of(kBare) == std::string_view::npos;
  return is_bare ? std::string(key) : quote_briefly(key);
}

}  // namespace relay
