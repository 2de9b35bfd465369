#include "verify/dispute.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

constexpr Side kNothing{};
constexpr Side kUnfit{.state = Side::State::unfit};

Side version(std::uint64_t number) {
  return {.state = Side::State::row, .digest = {.low = number, .high = number}};
}

Verdict after(const std::vector<Look>& looks, Bringer bringer = Bringer::relay) {
  Dispute dispute;
  for (const Look& look : looks) {
    dispute.look = look;
    judge(dispute, bringer);
    if (dispute.verdict != Verdict::open) break;
  }
  return dispute.verdict;
}

TEST(DisputeTest, ARowThatWasBroughtMeanwhileIsNoDifference) {
  EXPECT_EQ(after({{version(1), version(1), version(1)}}), Verdict::equal);
  EXPECT_EQ(after({{version(1), version(1), version(2)}}), Verdict::equal);
  EXPECT_EQ(after({{version(1), version(2), version(2)}}), Verdict::equal);
  EXPECT_EQ(after({{version(1), kNothing, kNothing}}), Verdict::equal);
  EXPECT_EQ(after({{kNothing, kNothing, version(1)}}), Verdict::equal);
}

TEST(DisputeTest, ADifferenceNeedsTwoLooks) {
  EXPECT_EQ(after({{version(1), version(2), version(1)}}), Verdict::open);
  EXPECT_EQ(after({{version(1), version(2), version(1)}, {version(1), version(2), version(1)}}),
            Verdict::differs);
  EXPECT_EQ(after({{version(1), kNothing, version(1)}, {version(1), kNothing, version(1)}}),
            Verdict::missing);
  EXPECT_EQ(after({{kNothing, version(1), kNothing}, {kNothing, version(1), kNothing}}),
            Verdict::extra);
}

// There and back again between the versions of one look: the row was right in between.
TEST(DisputeTest, ADocumentThatChangesBackIsNoDifference) {
  EXPECT_EQ(after({{version(1), version(2), version(1)}, {version(1), version(1), version(1)}}),
            Verdict::equal);
  EXPECT_EQ(after({{version(1), version(2), version(1)}, {version(1), version(3), version(1)}}),
            Verdict::open)
      << "another row than before";
  EXPECT_EQ(after({{version(1), version(2), version(1)}, {version(4), version(2), version(4)}}),
            Verdict::open)
      << "another version than before";
  EXPECT_EQ(after({{version(1), version(2), version(1)},
                   {version(1), version(2), version(3)},
                   {version(1), version(2), version(1)}}),
            Verdict::open)
      << "it moved in between";
}

TEST(DisputeTest, ADocumentThatChangesInEveryLookStaysOpen) {
  EXPECT_EQ(after({{version(1), version(9), version(2)}, {version(3), version(9), version(4)}}),
            Verdict::open);
}

TEST(DisputeTest, WithNobodyAtWorkOneLookDecides) {
  EXPECT_EQ(after({{version(1), version(9), version(2)}}, Bringer::nobody), Verdict::differs);
  EXPECT_EQ(after({{version(1), version(1), version(2)}}, Bringer::nobody), Verdict::equal);
  EXPECT_EQ(after({{version(1), version(9), kNothing}}, Bringer::nobody), Verdict::extra);
}

TEST(DisputeTest, ADocumentThatCannotBecomeARowEqualsNone) {
  EXPECT_EQ(after({{kUnfit, kNothing, kUnfit}}, Bringer::nobody), Verdict::missing);
  EXPECT_EQ(after({{kUnfit, version(1), kUnfit}}, Bringer::nobody), Verdict::differs);
}

}  // namespace
}  // namespace relay
