// Random documents through the whole program into CrateDB: none of their values changes in silence,
// also when they are written over others and the types of the table have to be read back.
// RELAY_TEST_SEED repeats a run.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "decode/object_documents.h"
#include "e2e/crate_fixture.h"

namespace relay {
namespace {

class CrateDocumentsTest : public CrateRelayTest {
 protected:
  static constexpr int kDocuments = 300;

  // With `_id` in front.
  Bson random_document(int id) {
    Bson document(R"({"_id": )" + std::to_string(id) + "}");
    const Bytes fields = generator_.document(0).bytes();
    bson_t view;
    EXPECT_TRUE(bson_init_static(&view, fields.data(), fields.size()));
    bson_concat(document.get(), &view);
    return document;
  }

  ObjectDocuments generator_{seed_};
};

TEST_F(CrateDocumentsTest, RandomDocumentsArriveAndAreReplacedWithoutAChange) {
  for (int round = 0; round < 4; ++round) {
    std::vector<Bson> documents;
    for (int id = 0; id < kDocuments; ++id)
      documents.push_back(random_document(id));
    // Of both events of a key the relay writes the last: the row is written over.
    source_.remove("orders", "{}");
    source_.insert_raw("orders", documents);
    const Ended ended = run(crate_command({"--once"}));
    ASSERT_EQ(ended.exit_code, 0) << ended.log;
    ASSERT_TRUE(is_whole()) << "round " << round;
    EXPECT_EQ(look("SELECT count(*) FROM relay.dead_letter"), "0");
  }
}

}  // namespace
}  // namespace relay
