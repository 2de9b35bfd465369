#include "fault/failpoint_life.h"

#include <vector>

namespace relay {
namespace {

std::string filter_of(int key) {
  return R"({"_id": )" + std::to_string(key) + "}";
}

// No JSON can hold it.
Bson with_duplicate_keys(const std::string& key) {
  Bson document(R"({"_id": ")" + key + R"("})");
  bson_append_int32(document.get(), "a", -1, 1);
  bson_append_int32(document.get(), "a", -1, 2);
  return document;
}

// The table takes no 13.
std::string numbered(const std::string& key, int number) {
  return R"({"_id": ")" + key + R"(", "number": )" + std::to_string(number) + "}";
}

void write_poison(MongoClient& source, int step) {
  const std::string number = std::to_string(step);
  source.insert("poison", numbered("good" + number, step));
  source.insert_raw("poison", {with_duplicate_keys("bad" + number)});
  source.insert("poison", numbered("refused" + number, 13));
  source.insert_raw("poison", {with_duplicate_keys("mended" + number)});
  if (step > 0)
    source.replace(
        "poison", R"({"_id": "mended)" + std::to_string(step - 1) + "\"}", R"({"n": 1})");
}

}  // namespace

std::string versioned_order(int key, int sequence) {
  const std::string number = std::to_string(sequence);
  return R"({"_id": )" + std::to_string(key) + R"(, "sequence": )" + number + R"(, "text": ")" +
         version_text(key, sequence) + R"(", "nested": {"sequence": )" + number + "}}";
}

void write_beginning(MongoClient& source) {
  std::vector<Bson> documents;
  for (int key = 0; key < kCopied; ++key)
    documents.emplace_back(versioned_order(key, 1));
  source.insert_raw("orders", documents);
  write_poison(source, 0);
}

void write_step(MongoClient& source, int step) {
  const int first = kCopied + 10 * step;
  const int sequence = 1 + step;
  for (int key = first; key < first + 3; ++key)
    source.insert("orders", versioned_order(key, sequence));
  write_poison(source, step);
  for (int key = kCopied - 3; key < kCopied; ++key) {
    source.update("orders",
                  filter_of(key),
                  R"({"$set": {"sequence": )" + std::to_string(sequence) + R"(, "text": ")" +
                      version_text(key, sequence) + R"(", "nested.sequence": )" +
                      std::to_string(sequence) + "}}");
  }
  source.replace("orders", filter_of(kCopied - 4), versioned_order(kCopied - 4, sequence));
  source.remove("orders", filter_of(kCopied - 5 - step));
  source.remove("orders", filter_of(first));
  source.insert("orders", versioned_order(kMarkers + step, sequence));
}

}  // namespace relay
