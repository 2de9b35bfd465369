// BsonDocument, BsonArray: commands being built. Owners of their bytes, with the few value types
// that commands of this folder need.
//
// Replies are read with bson_iter_t, in place: start_reading().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <bson/bson.h>

#include "core/position.h"
#include "core/raw_document.h"

namespace relay {

// Sets the iterator before the first field. False: no document, or one whose length is wrong.
bool start_reading(RawDocument document, bson_iter_t& at);
// The same, at the field. False: no such field either.
bool find_field(RawDocument document, const char* field, bson_iter_t& at);

class BsonDocument {
 public:
  BsonDocument() { bson_init(&value_); }
  ~BsonDocument() { bson_destroy(&value_); }
  BsonDocument(const BsonDocument& other) { bson_copy_to(&other.value_, &value_); }
  BsonDocument(BsonDocument&& other) noexcept {
    bson_steal(&value_, &other.value_);
    bson_init(&other.value_);
  }
  BsonDocument& operator=(const BsonDocument&) = delete;
  BsonDocument& operator=(BsonDocument&&) = delete;

  // Each returns the document, so that small commands can be written as one expression.
  BsonDocument& add_text(std::string_view key, std::string_view value);
  BsonDocument& add_int32(std::string_view key, std::int32_t value);
  BsonDocument& add_int64(std::string_view key, std::int64_t value);
  BsonDocument& add_bool(std::string_view key, bool value);
  BsonDocument& add_time(std::string_view key, ClusterTime value);
  BsonDocument& add_binary(std::string_view key, std::string_view value);
  BsonDocument& add_document(std::string_view key, const BsonDocument& value);
  // `value` holds an array: keys "0", "1", ...
  BsonDocument& add_array(std::string_view key, const BsonDocument& value);
  // The value the iterator stands at, whatever its type, bytes unchanged.
  BsonDocument& add_value(std::string_view key, const bson_iter_t& at);

  void clear() { bson_reinit(&value_); }
  [[nodiscard]] bool is_empty() const { return bson_empty(&value_); }

  [[nodiscard]] const bson_t& raw() const { return value_; }
  [[nodiscard]] bson_t& raw() { return value_; }
  [[nodiscard]] RawDocument view() const { return {bson_get_data(&value_), value_.len}; }
  // Canonical Extended JSON, for hashes and tests.
  [[nodiscard]] std::string json() const;

 private:
  bson_t value_;
};

class BsonArray {
 public:
  BsonArray& add_text(std::string_view value);
  BsonArray& add_int64(std::int64_t value);
  BsonArray& add_document(const BsonDocument& value);
  BsonArray& add_value(const bson_iter_t& at);

  [[nodiscard]] bool empty() const { return size_ == 0; }
  // The array in the form that BsonDocument::add_array takes.
  [[nodiscard]] const BsonDocument& items() const { return items_; }

 private:
  std::string next_key() { return std::to_string(size_++); }

  BsonDocument items_;
  std::size_t size_ = 0;
};

}  // namespace relay
