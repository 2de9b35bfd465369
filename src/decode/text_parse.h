// Texts of single values read back: what text_format.h and PostgreSQL write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relay {

// Bytes of pairs of hex digits of either case.
std::optional<std::string> parse_hex(std::string_view text);

// The 16 bytes of 00112233-4455-6677-8899-aabbccddeeff, in either case.
std::optional<std::string> parse_uuid(std::string_view text);

// With the padding that put_base64() writes.
std::optional<std::string> parse_base64(std::string_view text);

// Milliseconds since 1970 of what PostgreSQL prints for a timestamp with time zone under
// `DateStyle = ISO`: 2024-07-11 23:17:42.907+02, 0044-03-15 00:00:00+00:00:12 BC. nullopt: another
// form, infinity, or a fraction of a millisecond.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

}  // namespace relay
