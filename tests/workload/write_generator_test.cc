// The sequence of operations: the same for everybody, different where it should be, and well
// formed.
#include "workload/write_generator.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "workload/bson_text.h"

namespace relay {
namespace {

constexpr int kCount = 5'000;

std::vector<WorkloadWrite> generate(const WorkloadOptions& options,
                                    std::uint32_t writer = 0,
                                    int count = kCount) {
  WriteGenerator generator(options, writer);
  std::vector<WorkloadWrite> writes(static_cast<std::size_t>(count));
  for (WorkloadWrite& write : writes)
    generator.next(write);
  return writes;
}

bool is_equal(const std::vector<WorkloadWrite>& a, const std::vector<WorkloadWrite>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.operation == y.operation && x.collection == y.collection && x.key == y.key &&
           x.body == y.body;
  });
}

// Documents of all writers after all operations, one digest a collection.
std::vector<std::string> final_digests(const WorkloadOptions& options) {
  std::vector<Digest> sums(collections_of(options.profile).size());
  for (std::uint32_t i = 0; i < options.writer_count; ++i) {
    WriteGenerator generator(options, i);
    WorkloadWrite write;
    while (generator.operation_count() < operations_of_writer(options, i))
      generator.next(write);
    const std::vector<Digest> digests = generator.digests();
    for (std::size_t k = 0; k < sums.size(); ++k)
      sums[k].add(digests[k]);
  }
  std::vector<std::string> texts;
  for (const Digest& sum : sums)
    texts.push_back(format_digest(sum));
  return texts;
}

std::map<OperationType, int> count_operations(const std::vector<WorkloadWrite>& writes) {
  std::map<OperationType, int> counts;
  for (const WorkloadWrite& write : writes)
    ++counts[write.operation];
  return counts;
}

class EveryProfileTest : public testing::TestWithParam<WorkloadProfile> {
 protected:
  static WorkloadOptions options() {
    return {.profile = GetParam(), .seed = 7, .operation_count = kCount};
  }
};

TEST_P(EveryProfileTest, TheSameSeedGivesTheSameOperations) {
  EXPECT_TRUE(is_equal(generate(options()), generate(options())));
}

TEST_P(EveryProfileTest, AnotherSeedGivesOtherOperationsOnOtherKeys) {
  WorkloadOptions other = options();
  other.seed = 8;
  std::set<std::string> keys;
  for (const WorkloadWrite& write : generate(options()))
    keys.insert(write.key);
  for (const WorkloadWrite& write : generate(other))
    EXPECT_FALSE(keys.contains(write.key));
}

TEST_P(EveryProfileTest, WritersOwnDisjointKeys) {
  std::set<std::string> keys;
  for (const WorkloadWrite& write : generate(options(), 0))
    keys.insert(write.key);
  for (const std::uint32_t writer : {1U, 255U}) {
    for (const WorkloadWrite& write : generate(options(), writer))
      EXPECT_FALSE(keys.contains(write.key));
  }
}

TEST_P(EveryProfileTest, EveryWriteIsValidBsonAndInsertsCarryTheirKey) {
  for (const WorkloadWrite& write : generate(options(), 3)) {
    EXPECT_NO_THROW(to_json(write.key));
    if (write.operation == OperationType::delete_) {
      EXPECT_EQ(write.body, "");
      continue;
    }
    EXPECT_NO_THROW(to_json(write.body));
    if (write.operation == OperationType::update) continue;
    const std::string_view id = std::string_view(write.key).substr(4, write.key.size() - 5);
    EXPECT_EQ(std::string_view(write.body).substr(4, id.size()), id);
    EXPECT_EQ(find_integer(write.body, "run"), 7);
    EXPECT_EQ(find_integer(write.body, "writer"), 3);
  }
}

// What fault tests stand on: they tell by these two whether something was lost or came back.
TEST_P(EveryProfileTest, SequenceNumbersCountTheWritesOfADocumentAndStampsTheOperations) {
  std::map<std::string, std::int64_t> seq_of_key;
  std::int64_t stamp = 0;
  for (const WorkloadWrite& write : generate(options())) {
    ++stamp;
    const std::int64_t expected = ++seq_of_key[std::to_string(write.collection) + write.key];
    if (write.operation == OperationType::delete_) continue;
    const std::string prefix = write.operation == OperationType::update ? "$set." : "";
    EXPECT_EQ(find_integer(write.body, (prefix + "seq").c_str()), expected);
    EXPECT_EQ(find_integer(write.body, (prefix + "stamp").c_str()), stamp);
  }
}

TEST_P(EveryProfileTest, OnlyDocumentsThatExistAreChanged) {
  std::set<std::string> live;
  for (const WorkloadWrite& write : generate(options())) {
    const std::string key = std::to_string(write.collection) + write.key;
    EXPECT_EQ(live.contains(key), write.operation != OperationType::insert);
    if (write.operation == OperationType::insert) live.insert(key);
    if (write.operation == OperationType::delete_) live.erase(key);
  }
  WriteGenerator generator(options(), 0);
  WorkloadWrite write;
  for (int i = 0; i < kCount; ++i)
    generator.next(write);
  std::uint64_t document_count = 0;
  for (const Digest& digest : generator.digests())
    document_count += digest.document_count;
  EXPECT_EQ(document_count, live.size());
}

TEST_P(EveryProfileTest, InsertOnlyNeverChangesAnything) {
  WorkloadOptions inserts = options();
  inserts.mix = WorkloadMix::insert_only;
  std::set<std::string> keys;
  Digest expected;
  for (const WorkloadWrite& write : generate(inserts)) {
    EXPECT_EQ(write.operation, OperationType::insert);
    EXPECT_EQ(write.collection, 0U);
    EXPECT_TRUE(keys.insert(write.key).second);
    expected.add(write.body);
  }
  WriteGenerator generator(inserts, 0);
  WorkloadWrite write;
  for (int i = 0; i < kCount; ++i)
    generator.next(write);
  EXPECT_EQ(generator.digests().at(0), expected);
}

TEST_P(EveryProfileTest, TheShareOfUpdatesIsAsAsked) {
  for (const std::uint32_t share : {0U, 700U, 900U}) {
    WorkloadOptions mixed = options();
    mixed.update_per_mille = share;
    const int updates = count_operations(generate(mixed))[OperationType::update];
    EXPECT_NEAR(updates, static_cast<int>(share) * kCount / 1'000, 150) << share;
  }
}

TEST_P(EveryProfileTest, NewDocumentsHaveTheSizeThatWasAsked) {
  WorkloadOptions padded = options();
  padded.document_bytes = 1'000;
  for (const WorkloadWrite& write : generate(padded)) {
    const bool is_new =
        write.operation == OperationType::insert || write.operation == OperationType::replace;
    const bool is_padded = is_new && write.collection == 0;
    EXPECT_EQ(is_padded ? write.body.size() : 1'000U, 1'000U);
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles,
                         EveryProfileTest,
                         testing::Values(WorkloadProfile::orders,
                                         WorkloadProfile::sensors,
                                         WorkloadProfile::users),
                         [](const auto& test) { return std::string(format_profile(test.param)); });

// These values may change with the generator; they must not change with the machine, the compiler
// or the library, and a change of them makes older runs incomparable, so it has to be seen.
TEST(WriteGeneratorTest, TheResultsOfSeedOneAreTheSameEverywhere) {
  const auto digests = [](WorkloadProfile profile) {
    return final_digests(
        {.profile = profile, .seed = 1, .writer_count = 2, .operation_count = 4'001});
  };
  EXPECT_EQ(digests(WorkloadProfile::orders),
            (std::vector<std::string>{"1361-e03e493ce8aeda7b6c84dbcabe999576"}));
  EXPECT_EQ(digests(WorkloadProfile::sensors),
            (std::vector<std::string>{"3302-11aeff1d60eebc8748499a62f935b822",
                                      "100-dfdc9d8e4dbbe91982935e91f8bf16bc"}));
  EXPECT_EQ(digests(WorkloadProfile::users),
            (std::vector<std::string>{"1527-ad3beda11a24fb6b9bbf546fbab55ebf"}));
}

TEST(WriteGeneratorTest, AnotherNumberOfWritersIsAnotherWorkload) {
  EXPECT_NE(final_digests({.writer_count = 1, .operation_count = 2'000}),
            final_digests({.writer_count = 2, .operation_count = 2'000}));
}

TEST(WriteGeneratorTest, OperationsAreSharedOutWithoutALeftover) {
  const WorkloadOptions options{.writer_count = 3, .operation_count = 8};
  EXPECT_EQ(operations_of_writer(options, 0), 3U);
  EXPECT_EQ(operations_of_writer(options, 1), 3U);
  EXPECT_EQ(operations_of_writer(options, 2), 2U);
  EXPECT_EQ(operations_of_writer({.writer_count = 3, .operation_count = 2}, 2), 0U)
      << "none, not no limit";
  EXPECT_EQ(operations_of_writer({.operation_count = 0}, 0), std::nullopt);
}

TEST(WriteGeneratorTest, OrdersUseEveryKindOfOperationAndOfUpdate) {
  std::set<std::string> operators;
  std::set<std::string> reinserted;
  std::set<std::string> deleted;
  const std::vector<WorkloadWrite> writes = generate({.seed = 7});
  for (const WorkloadWrite& write : writes) {
    if (write.operation == OperationType::delete_) deleted.insert(write.key);
    if (write.operation == OperationType::insert && deleted.contains(write.key))
      reinserted.insert(write.key);
    if (write.operation != OperationType::update) continue;
    for (const char* name : {"$push", "$unset", "$set"}) {
      if (to_json(write.body).find(name) != std::string::npos) operators.insert(name);
    }
    if (to_json(write.body).find("\"items.") != std::string::npos) operators.insert("element");
    if (to_json(write.body).find("\"customer.address.city\"") != std::string::npos)
      operators.insert("nested");
  }
  EXPECT_EQ(operators, (std::set<std::string>{"$push", "$set", "$unset", "element", "nested"}));
  EXPECT_EQ(count_operations(writes).size(), 4U);
  EXPECT_GT(reinserted.size(), 20U);
}

TEST(WriteGeneratorTest, UsersGainAFieldHalfWay) {
  int stamp = 0;
  bool is_in_update = false;
  for (const WorkloadWrite& write :
       generate({.profile = WorkloadProfile::users, .seed = 7, .operation_count = kCount})) {
    const bool has_field = write.operation != OperationType::delete_ &&
                           to_json(write.body).find("newsletter") != std::string::npos;
    if (++stamp <= kCount / 2) {
      EXPECT_FALSE(has_field) << stamp;
    } else if (write.operation == OperationType::update) {
      is_in_update = is_in_update || has_field;
    } else {
      EXPECT_EQ(has_field, write.operation != OperationType::delete_) << stamp;
    }
  }
  EXPECT_TRUE(is_in_update) << "old documents gain it too";
}

TEST(WorkloadOptionsTest, ProfilesAreKnownByTheirNames) {
  EXPECT_EQ(parse_profile("sensors"), WorkloadProfile::sensors);
  EXPECT_EQ(parse_profile("Orders"), std::nullopt);
  EXPECT_EQ(parse_profile(""), std::nullopt);
}

}  // namespace
}  // namespace relay
