// Goal: extended form is canonical Extended JSON.
// Method: random documents of every type, written by us and by libbson, and the two texts read by a
// third. Left out is what libbson writes otherwise: NUL, names that begin with `$`, the digits of
// doubles (which it writes with 20, so they are compared as numbers).
#include <cstdlib>

#include <bson/bson.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "decode/any_documents.h"
#include "decode/json_writer.h"
#include "decode/seed.h"

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

bool is_same(const Json& ours, const Json& theirs) {
  if (ours.type() != theirs.type() || ours.size() != theirs.size()) return false;
  if (ours.is_array()) return std::equal(ours.begin(), ours.end(), theirs.begin(), is_same);
  if (!ours.is_object()) return ours == theirs;
  for (auto a = ours.begin(), b = theirs.begin(); a != ours.end(); ++a, ++b) {
    if (a.key() != b.key()) return false;
    if (a.key() == "$numberDouble") {
      const double first = std::strtod(a.value().get_ref<const std::string&>().c_str(), nullptr);
      const double second = std::strtod(b.value().get_ref<const std::string&>().c_str(), nullptr);
      const bool are_nan = first != first && second != second;
      if (!are_nan && std::bit_cast<std::uint64_t>(first) != std::bit_cast<std::uint64_t>(second))
        return false;
    } else if (!is_same(a.value(), b.value())) {
      return false;
    }
  }
  return true;
}

TEST(JsonDifferentialTest, ExtendedFormIsTheCanonicalOneOfLibbson) {
  AnyDocuments generator(test_seed());
  for (int i = 0; i < 5'000; ++i) {
    const Bytes document = generator.document(3).bytes();
    std::string ours;
    ASSERT_EQ(append_json(document, JsonForm::extended, JsonTarget::postgresql, ours),
              Rejection::none);
    bson_t view;
    ASSERT_TRUE(bson_init_static(&view, document.data(), document.size()));
    char* const text = bson_as_canonical_extended_json(&view, nullptr);
    ASSERT_NE(text, nullptr);
    const std::string theirs = text;
    bson_free(text);
    ASSERT_TRUE(is_same(Json::parse(ours), Json::parse(theirs))) << ours << "\n" << theirs;
  }
}

}  // namespace
}  // namespace relay
