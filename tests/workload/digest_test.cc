#include "workload/digest.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace relay {
namespace {

Digest digest_of(const std::vector<std::string>& documents) {
  Digest digest;
  for (const std::string& document : documents)
    digest.add(document);
  return digest;
}

TEST(DigestTest, TheOrderOfTheDocumentsDoesNotMatter) {
  EXPECT_EQ(digest_of({"one", "two", "three"}), digest_of({"three", "one", "two"}));
}

TEST(DigestTest, ADigestOfPartsIsTheDigestOfTheWhole) {
  Digest sum = digest_of({"one"});
  sum.add(digest_of({"two", "three"}));
  EXPECT_EQ(sum, digest_of({"one", "two", "three"}));
}

TEST(DigestTest, EveryDocumentCounts) {
  EXPECT_NE(digest_of({"one", "two"}), digest_of({"one"}));
  EXPECT_NE(digest_of({"one", "one"}), digest_of({"one"}));
  EXPECT_NE(digest_of({"one", "one"}), digest_of({"two", "two"}));
  EXPECT_NE(digest_of({""}), digest_of({}));
}

// Bytes that move from one document to its neighbour must not cancel out.
TEST(DigestTest, ChangesThatSwapBytesAreSeen) {
  EXPECT_NE(digest_of({"ab", "cd"}), digest_of({"ac", "bd"}));
  EXPECT_NE(digest_of({"a1", "b2"}), digest_of({"a2", "b1"}));
  EXPECT_NE(digest_of({std::string("a\0", 2)}), digest_of({"a"}));
}

TEST(DigestTest, BothHalvesTellSimilarDocumentsApart) {
  std::set<std::uint64_t> highs;
  std::set<std::uint64_t> lows;
  for (int i = 0; i < 10'000; ++i) {
    const Digest digest = digest_of({"document number " + std::to_string(i)});
    highs.insert(digest.sum_high);
    lows.insert(digest.sum_low);
  }
  EXPECT_EQ(highs.size(), 10'000U);
  EXPECT_EQ(lows.size(), 10'000U);
}

TEST(DigestTest, TextIsTheCountAndThirtyTwoHexDigits) {
  EXPECT_EQ(format_digest({.document_count = 7, .sum_high = 0xab, .sum_low = 1}),
            "7-00000000000000ab0000000000000001");
}

}  // namespace
}  // namespace relay
