#include "source/bson_document.h"

#include "core/check.h"

namespace relay {

namespace {

int length_of(std::string_view text) {
  return static_cast<int>(text.size());
}

// The driver refuses only documents that would exceed 2 GB; commands here are below 16 MB.
void check_added(bool is_added) {
  CHECK(is_added, "a command grew beyond what BSON can hold");
}

}  // namespace

bool start_reading(RawDocument document, bson_iter_t& at) {
  // The driver aborts on a null pointer, which an empty span has.
  return !document.empty() && bson_iter_init_from_data(&at, document.data(), document.size());
}

bool find_field(RawDocument document, const char* field, bson_iter_t& at) {
  return start_reading(document, at) && bson_iter_find(&at, field);
}

BsonDocument& BsonDocument::add_text(std::string_view key, std::string_view value) {
  check_added(
      bson_append_utf8(&value_, key.data(), length_of(key), value.data(), length_of(value)));
  return *this;
}

BsonDocument& BsonDocument::add_int32(std::string_view key, std::int32_t value) {
  check_added(bson_append_int32(&value_, key.data(), length_of(key), value));
  return *this;
}

BsonDocument& BsonDocument::add_int64(std::string_view key, std::int64_t value) {
  check_added(bson_append_int64(&value_, key.data(), length_of(key), value));
  return *this;
}

BsonDocument& BsonDocument::add_bool(std::string_view key, bool value) {
  check_added(bson_append_bool(&value_, key.data(), length_of(key), value));
  return *this;
}

BsonDocument& BsonDocument::add_time(std::string_view key, ClusterTime value) {
  check_added(
      bson_append_timestamp(&value_, key.data(), length_of(key), value.seconds, value.increment));
  return *this;
}

BsonDocument& BsonDocument::add_binary(std::string_view key, std::string_view value) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the driver's type for bytes.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(value.data());
  check_added(bson_append_binary(&value_,
                                 key.data(),
                                 length_of(key),
                                 BSON_SUBTYPE_BINARY,
                                 bytes,
                                 static_cast<std::uint32_t>(value.size())));
  return *this;
}

BsonDocument& BsonDocument::add_document(std::string_view key, const BsonDocument& value) {
  check_added(bson_append_document(&value_, key.data(), length_of(key), &value.value_));
  return *this;
}

BsonDocument& BsonDocument::add_array(std::string_view key, const BsonDocument& value) {
  check_added(bson_append_array(&value_, key.data(), length_of(key), &value.value_));
  return *this;
}

BsonDocument& BsonDocument::add_value(std::string_view key, const bson_iter_t& at) {
  check_added(bson_append_iter(&value_, key.data(), length_of(key), &at));
  return *this;
}

std::string BsonDocument::json() const {
  char* text = bson_as_canonical_extended_json(&value_, nullptr);
  CHECK(text != nullptr, "a command that its own driver cannot print");
  std::string json(text);
  bson_free(text);
  return json;
}

BsonArray& BsonArray::add_text(std::string_view value) {
  items_.add_text(next_key(), value);
  return *this;
}

BsonArray& BsonArray::add_int64(std::int64_t value) {
  items_.add_int64(next_key(), value);
  return *this;
}

BsonArray& BsonArray::add_document(const BsonDocument& value) {
  items_.add_document(next_key(), value);
  return *this;
}

BsonArray& BsonArray::add_value(const bson_iter_t& at) {
  items_.add_value(next_key(), at);
  return *this;
}

}  // namespace relay
