#include "config/format_value.h"

#include <array>
#include <cstdio>

#include "config/value_text.h"

namespace relay {
namespace {

struct Format {
  const FieldInfo& info;

  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const std::string* text) const { return format_toml_string(*text); }
  std::string operator()(const Secret* secret) const {
    if (secret->empty()) return "\"\"";
    if (info.type != FieldType::uri) return "\"***\"";
    return format_toml_string(format_uri_redacted(secret->reveal()));
  }
  std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
  std::string operator()(const std::int64_t* value) const {
    if (info.type == FieldType::size) return format_toml_string(format_size(*value));
    return std::to_string(*value);
  }
  std::string operator()(const std::chrono::milliseconds* duration) const {
    return format_toml_string(format_duration(*duration));
  }
  std::string operator()(const StreamStart* start) const {
    switch (start->kind) {
      case StreamStart::Kind::snapshot:
        return "\"snapshot\"";
      case StreamStart::Kind::now:
        return "\"now\"";
      case StreamStart::Kind::time:
        break;
    }
    return format_toml_string(format_time(start->time));
  }
  std::string operator()(const WordSlot& slot) const {
    return format_toml_string(info.words[slot.get()]);
  }
};

}  // namespace

std::string format_toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(byte));
      out += escape.data();
    } else {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string format_value(const FieldInfo& info, const Slot& slot) {
  return std::visit(Format{info}, slot);
}

}  // namespace relay
