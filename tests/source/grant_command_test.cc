#include "source/grant_command.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(GrantCommandTest, IsReadyToBeTyped) {
  EXPECT_EQ(grant_read_command("relay", "admin", "shop"),
            R"(db.getSiblingDB("admin").grantRolesToUser("relay", [{role: "read", db: "shop"}]))");
  EXPECT_EQ(
      grant_read_command("re\"lay", "admin", ""),
      R"(db.getSiblingDB("admin").grantRolesToUser("re\"lay", [{role: "readAnyDatabase", db: "admin"}]))");
}

}  // namespace
}  // namespace relay
