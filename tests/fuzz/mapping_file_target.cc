#include <string>

#include "core/check.h"
#include "fuzz/targets.h"
#include "mapping/mapping_file.h"
#include "mapping/table_map.h"

namespace relay {

void fuzz_mapping_file(FuzzInput input) {
  const std::string text(reinterpret_cast<const char*>(input.data()), input.size());
  Result<MappingFile> file = parse_mapping_file(text, "fuzz.toml");
  if (!file.ok()) {
    CHECK(!file.error().message.empty(), "a refusal says why");
    return;
  }
  const std::string written = format_mapping_file(file.value());
  const Result<MappingFile> again = parse_mapping_file(written, "again.toml");
  CHECK(again.ok() && format_mapping_file(again.value()) == written,
        "what is written is read back to the same");
  static_cast<void>(TableMap::make({{.from = "a.b", .columns = std::move(file.value().columns)}}));
}

}  // namespace relay
