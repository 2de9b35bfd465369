// docs/types.md is what the fit table says: `cmake --build --target update-golden` writes it.
#include "decode/types_page.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "decode/fit_table.h"

namespace relay {
namespace {

TEST(TypesPageTest, TheFileIsWhatTheTableSays) {
  std::ifstream in(std::string(RELAY_SOURCE_DIR) + "/docs/types.md", std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), render_types_page()) << "cmake --build --target update-golden";
}

TEST(TypesPageTest, EveryCellOfTheTableIsInIt) {
  const std::string page = render_types_page();
  std::size_t row_count = 0;
  for (std::size_t at = page.find("\n| "); at != std::string::npos; at = page.find("\n| ", at + 1))
    ++row_count;
  std::size_t fit_count = 0;
  std::size_t type_count = 0;
  for (const TypeName to : {TypeName::text,
                            TypeName::boolean,
                            TypeName::integer,
                            TypeName::bigint,
                            TypeName::double_precision,
                            TypeName::numeric,
                            TypeName::timestamp,
                            TypeName::uuid,
                            TypeName::bytea}) {
    ++type_count;
    for (unsigned from = 1; from < 256; ++from)
      fit_count += find_fit(static_cast<BsonType>(from), to) == nullptr ? 0U : 1U;
  }
  EXPECT_EQ(row_count, fit_count + 2 * type_count);
}

}  // namespace
}  // namespace relay
