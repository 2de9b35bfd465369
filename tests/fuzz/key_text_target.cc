#include <string>

#include "core/check.h"
#include "decode/key_parse.h"
#include "decode/key_text.h"
#include "fuzz/targets.h"

namespace relay {

void fuzz_key_text(FuzzInput input) {
  const std::string_view bytes(reinterpret_cast<const char*>(input.data()), input.size());
  std::string key;
  if (append_key_text(input, key)) {
    CHECK(key.find('\0') == std::string::npos, "no text of PostgreSQL has a NUL");
    std::string document;
    if (parse_key(ColumnType{}, key, document)) {
      std::string again;
      const bool has_key = append_key_text(
          {reinterpret_cast<const std::uint8_t*>(document.data()), document.size()}, again);
      CHECK(has_key && again == key, "a key that is read back is the same key");
    }
  }
  // What somebody else may have written into the table.
  for (const TypeName type : {TypeName::text,
                              TypeName::boolean,
                              TypeName::bigint,
                              TypeName::double_precision,
                              TypeName::numeric,
                              TypeName::timestamp,
                              TypeName::uuid,
                              TypeName::bytea}) {
    std::string document;
    static_cast<void>(parse_key(ColumnType{.name = type}, bytes, document));
  }
}

}  // namespace relay
