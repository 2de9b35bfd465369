#include "core/snapshot.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(SnapshotTest, ABoundReadsBackFromItsText) {
  for (const KeyBound& bound : {KeyBound{},
                                KeyBound{.document = std::string("\x05\0\xff", 3)},
                                KeyBound{.document = "a", .is_exclusive = true}}) {
    KeyBound read;
    ASSERT_TRUE(parse_key_bound(format_key_bound(bound), read));
    EXPECT_EQ(read, bound);
  }
  EXPECT_EQ(format_key_bound({.document = std::string("\x05\0\xff", 3)}), "from:0500ff");
}

TEST(SnapshotTest, ATextThatIsNoBoundIsRefusedAndChangesNothing) {
  for (const char* text :
       {"from:", "after:", "0500", "from:0", "from:0G", "from:0A", "behind:00"}) {
    KeyBound bound{.document = "x"};
    EXPECT_FALSE(parse_key_bound(text, bound)) << text;
    EXPECT_EQ(bound.document, "x");
  }
}

TEST(SnapshotTest, EveryStateReadsBackFromItsName) {
  for (int i = 0; i <= static_cast<int>(SnapshotState::dropped); ++i) {
    const auto state = static_cast<SnapshotState>(i);
    SnapshotState read = SnapshotState::waiting;
    ASSERT_TRUE(parse_snapshot_state(format_snapshot_state(state), read));
    EXPECT_EQ(read, state);
  }
  SnapshotState state = SnapshotState::done;
  EXPECT_FALSE(parse_snapshot_state("finished", state));
  EXPECT_EQ(state, SnapshotState::done);
}

}  // namespace
}  // namespace relay
