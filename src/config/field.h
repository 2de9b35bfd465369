// Field: one setting as data. Its default is whatever its slot holds in fresh settings; key, type,
// bounds and help stand in the table (fields.cc), and loading, showing and the reference all read
// that table.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/settings.h"
#include "core/secret.h"

namespace relay {

enum class FieldType : std::uint8_t {
  text,    // min and max bound its bytes.
  uri,     // Text with a password in it.
  secret,  // Text that is never shown.
  boolean,
  integer,
  duration,  // min and max in milliseconds.
  size,      // min and max in bytes.
  word,      // One of FieldInfo::words.
  start,     // stream.start.
  shape,     // A list that has a reader of its own (load_tables.cc).
};

// An enum seen as the index of its word.
struct WordSlot {
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};

// Where a setting lives. Points into the settings it was made from, which outlive it.
using Slot = std::variant<std::monostate,
                          std::string*,
                          Secret*,
                          bool*,
                          std::int64_t*,
                          std::chrono::milliseconds*,
                          StreamStart*,
                          WordSlot>;

template <class T>
Slot to_slot(T& place) {
  if constexpr (std::is_enum_v<T>) {
    return WordSlot{[&place] { return static_cast<std::size_t>(place); },
                    [&place](std::size_t index) { place = static_cast<T>(index); }};
  } else {
    return &place;
  }
}

struct FieldInfo {
  std::string_view section = {};  // Empty: a key inside a list, for instance [[table]].
  std::string_view key = {};
  FieldType type = FieldType::text;
  std::string_view help = {};
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::span<const std::string_view> words = {};
  std::string_view example =
      {};  // TOML text for examples/relay.toml, where the default shows nothing.
  std::string_view flag = {};  // The command-line option that sets it.
};

template <class Owner>
struct Field {
  FieldInfo info;
  Slot (*slot)(Owner&) = nullptr;
};

// "target.batch_rows"; the bare key where there is no section.
inline std::string format_key(const FieldInfo& info) {
  std::string text(info.section);
  if (!text.empty()) text.push_back('.');
  return text.append(info.key);
}

}  // namespace relay
