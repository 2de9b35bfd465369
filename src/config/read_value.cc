#include "config/read_value.h"

#include <charconv>
#include <utility>

#include "config/nearest.h"
#include "config/read_file.h"
#include "config/sealed_value.h"
#include "config/value_text.h"

namespace relay {
namespace {

std::string show(const std::string& text, Echo echo) {
  return echo == Echo::shown ? quote_briefly(text) : "the value";
}

std::string format_bound(FieldType type, std::int64_t value) {
  if (type == FieldType::duration) return format_duration(std::chrono::milliseconds(value));
  if (type == FieldType::size) return format_size(value);
  return std::to_string(value);
}

Problem check_bounds(const FieldInfo& info, std::int64_t value, Echo echo) {
  if (value >= info.min && value <= info.max) return std::nullopt;
  const std::string what =
      echo == Echo::shown ? format_bound(info.type, value) : std::string("the value");
  return what + " is out of bounds, allowed are " + format_bound(info.type, info.min) + " to " +
         format_bound(info.type, info.max);
}

Problem store_text(const FieldInfo& info, const Slot& slot, const std::string& text) {
  const auto bytes = static_cast<std::int64_t>(text.size());
  if (bytes < info.min) {
    return bytes == 0 ? "must not be empty"
                      : "must have at least " + std::to_string(info.min) + " bytes";
  }
  if (bytes > info.max) return "must have at most " + std::to_string(info.max) + " bytes";
  if (text.find('\0') != std::string::npos) return "must not hold a NUL byte";
  if (const auto* place = std::get_if<Secret*>(&slot)) **place = Secret(text);
  if (const auto* place = std::get_if<std::string*>(&slot)) **place = text;
  return std::nullopt;
}

Problem store_integer(const FieldInfo& info, const Slot& slot, std::int64_t value, Echo echo) {
  if (Problem problem = check_bounds(info, value, echo)) return problem;
  *std::get<std::int64_t*>(slot) = value;
  return std::nullopt;
}

Problem read_integer(const FieldInfo& info, const Slot& slot, const std::string& text, Echo echo) {
  std::string digits = text;
  std::erase(digits, '_');  // As TOML has it: 10_000.
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (status == std::errc::result_out_of_range) return show(text, echo) + " is out of bounds";
  if (status != std::errc() || end != digits.data() + digits.size()) {
    return show(text, echo) + " is no integer";
  }
  return store_integer(info, slot, value, echo);
}

Problem read_size(const FieldInfo& info, const Slot& slot, const std::string& text, Echo echo) {
  const std::optional<std::int64_t> bytes = parse_size(text);
  if (!bytes) {
    return show(text, echo) + R"( is no size, write it like "100B", "64KiB", "8MiB" or "1GiB")";
  }
  return store_integer(info, slot, *bytes, echo);
}

Problem read_duration(const FieldInfo& info, const Slot& slot, const std::string& text, Echo echo) {
  const std::optional<std::chrono::milliseconds> duration = parse_duration(text);
  if (!duration) {
    return show(text, echo) + R"( is no duration, write it like "500ms", "5s", "2m" or "1h")";
  }
  if (Problem problem = check_bounds(info, duration->count(), echo)) return problem;
  *std::get<std::chrono::milliseconds*>(slot) = *duration;
  return std::nullopt;
}

Problem read_boolean(const Slot& slot, const std::string& text, Echo echo) {
  if (text != "true" && text != "false") return show(text, echo) + " is neither true nor false";
  *std::get<bool*>(slot) = text == "true";
  return std::nullopt;
}

Problem read_word(const FieldInfo& info, const Slot& slot, const std::string& text, Echo echo) {
  std::string all;
  for (std::size_t i = 0; i < info.words.size(); ++i) {
    if (info.words[i] == text) {
      std::get<WordSlot>(slot).set(i);
      return std::nullopt;
    }
    if (i > 0) all += ", ";
    all += info.words[i];
  }
  const std::string_view nearest = nearest_word(text, info.words);
  std::string problem = show(text, echo) + " is none of " + all;
  if (!nearest.empty() && echo == Echo::shown) {
    problem.append("; did you mean ").append(nearest).append("?");
  }
  return problem;
}

Problem store_time(const Slot& slot, std::chrono::sys_time<std::chrono::milliseconds> time) {
  // A server's cluster time counts seconds in 32 bits.
  constexpr std::chrono::seconds kLast{0xffff'ffff};
  if (time.time_since_epoch() < std::chrono::seconds(0) || time.time_since_epoch() > kLast) {
    return format_time(time) + " is out of bounds, allowed are the years 1970 to 2105";
  }
  *std::get<StreamStart*>(slot) = {StreamStart::Kind::time, time};
  return std::nullopt;
}

Problem read_start(const Slot& slot, const std::string& text, Echo echo) {
  StreamStart& start = *std::get<StreamStart*>(slot);
  if (text == "snapshot" || text == "now") {
    start = {text == "now" ? StreamStart::Kind::now : StreamStart::Kind::snapshot, {}};
    return std::nullopt;
  }
  if (const auto time = parse_time(text)) return store_time(slot, *time);
  return show(text, echo) +
         " is neither snapshot nor now nor an ISO 8601 time with its zone, such as "
         "2024-07-11T23:17:42Z";
}

Problem read_as_type(const FieldInfo& info, const Slot& slot, const std::string& text, Echo echo) {
  switch (info.type) {
    case FieldType::text:
    case FieldType::uri:
    case FieldType::secret:
      return store_text(info, slot, text);
    case FieldType::boolean:
      return read_boolean(slot, text, echo);
    case FieldType::integer:
      return read_integer(info, slot, text, echo);
    case FieldType::duration:
      return read_duration(info, slot, text, echo);
    case FieldType::size:
      return read_size(info, slot, text, echo);
    case FieldType::word:
      return read_word(info, slot, text, echo);
    case FieldType::start:
      return read_start(slot, text, echo);
    case FieldType::shape:
      break;
  }
  return "cannot be given as text";
}

Expanded expand_variable(const std::string& name, const Environment& environment) {
  const std::optional<std::string> value = environment ? environment(name) : std::nullopt;
  if (!value) return {"", "environment variable " + name + " is not set", true};
  return {*value, std::nullopt, true};
}

Expanded expand_file(const std::string& path) {
  Result<std::string> read = read_file(path);
  if (!read.ok()) return {"", "read " + quote_briefly(path) + ": " + read.error().message, true};
  std::string text = std::move(read.value());
  if (text.ends_with('\n')) {
    text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
  }
  return {std::move(text), std::nullopt, true};
}

Expanded expand_sealed(const std::string& text, const Environment& environment) {
  const auto failed = [](const Error& error) {
    return Expanded{"", error.message + (error.hint.empty() ? "" : "; " + error.hint), true};
  };
  const Result<Secret> key = load_private_key(environment);
  if (!key.ok()) return failed(key.error());
  Result<std::string> value = open_sealed_value(text, key.value());
  if (!value.ok()) return failed(value.error());
  return {std::move(value.value()), std::nullopt, true};
}

// A text in double quotes, as TOML reads it; anything else as it is.
std::string unquote(const std::string& text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return text;
  const Result<TomlNode> parsed = parse_toml("value = " + text + "\n", "");
  if (!parsed.ok()) return text;
  const auto& table = std::get<TomlNode::Table>(parsed.value().value);
  if (table.size() != 1) return text;
  const auto* inner = std::get_if<std::string>(&table.front().node.value);
  return inner == nullptr ? text : *inner;
}

}  // namespace

Expanded expand(const std::string& text, const Environment& environment) {
  if (text.starts_with("${") && text.ends_with("}")) {
    return expand_variable(text.substr(2, text.size() - 3), environment);
  }
  if (text.starts_with("file:")) return expand_file(text.substr(5));
  if (text.starts_with("sealed:")) return expand_sealed(text, environment);
  return {text, std::nullopt, false};
}

Problem read_text(const FieldInfo& info,
                  const Slot& slot,
                  const std::string& text,
                  const Environment& environment) {
  const Expanded expanded = expand(unquote(text), environment);
  if (expanded.problem) return expanded.problem;
  // What a reference leads to may be a secret that was put in the wrong place.
  return read_as_type(
      info, slot, expanded.text, expanded.is_reference ? Echo::hidden : Echo::shown);
}

Problem read_node(const FieldInfo& info,
                  const Slot& slot,
                  const TomlNode& node,
                  const Environment& environment) {
  if (const auto* text = std::get_if<std::string>(&node.value)) {
    const Expanded expanded = expand(*text, environment);
    if (expanded.problem) return expanded.problem;
    if (expanded.is_reference) return read_as_type(info, slot, expanded.text, Echo::hidden);
    if (info.type != FieldType::boolean && info.type != FieldType::integer) {
      return read_as_type(info, slot, *text, Echo::shown);
    }
  }
  if (const auto* value = std::get_if<bool>(&node.value);
      value && info.type == FieldType::boolean) {
    *std::get<bool*>(slot) = *value;
    return std::nullopt;
  }
  if (const auto* value = std::get_if<std::int64_t>(&node.value);
      value && info.type == FieldType::integer) {
    return store_integer(info, slot, *value, Echo::shown);
  }
  if (const auto* value =
          std::get_if<std::chrono::sys_time<std::chrono::milliseconds>>(&node.value);
      value && info.type == FieldType::start) {
    return store_time(slot, *value);
  }
  return "expected " + std::string(describe_type(info.type)) + ", found " +
         std::string(describe_node(node));
}

std::string_view describe_type(FieldType type) {
  switch (type) {
    case FieldType::text:
    case FieldType::uri:
    case FieldType::secret:
    case FieldType::word:
      return "a string";
    case FieldType::boolean:
      return "a boolean";
    case FieldType::integer:
      return "an integer";
    case FieldType::duration:
      return R"(a duration such as "5s")";
    case FieldType::size:
      return R"(a size such as "8MiB")";
    case FieldType::start:
      return "a string or a time";
    case FieldType::shape:
      return "a list";
  }
  return "";
}

}  // namespace relay
