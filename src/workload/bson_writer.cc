#include "workload/bson_writer.h"

#include <bit>
#include <cstddef>
#include <type_traits>

#include "core/check.h"

namespace relay {

namespace {

// Type bytes of bsonspec.org, version 1.1.
constexpr std::uint8_t kDouble = 0x01;
constexpr std::uint8_t kText = 0x02;
constexpr std::uint8_t kDocument = 0x03;
constexpr std::uint8_t kArray = 0x04;
constexpr std::uint8_t kBinary = 0x05;
constexpr std::uint8_t kObjectId = 0x07;
constexpr std::uint8_t kBool = 0x08;
constexpr std::uint8_t kDate = 0x09;
constexpr std::uint8_t kNull = 0x0a;
constexpr std::uint8_t kInt32 = 0x10;
constexpr std::uint8_t kInt64 = 0x12;
constexpr std::uint8_t kDecimal128 = 0x13;
constexpr char kUuidSubtype = 0x04;

// Decimal128, BID encoding: the exponent is stored plus 6176, 49 bits up in the upper half.
constexpr std::uint64_t kCentsExponent = 6'176 - 2;

}  // namespace

template <class T>
void BsonWriter::append_little_endian(T value) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    out_.push_back(static_cast<char>(bits & 0xffU));
    bits = static_cast<std::make_unsigned_t<T>>(bits >> 8U);
  }
}

void BsonWriter::add_head(std::uint8_t type, std::string_view key) {
  out_.push_back(static_cast<char>(type));
  out_.append(key);
  out_.push_back('\0');
}

void BsonWriter::begin_document() {
  starts_.push_back(out_.size());
  out_.append(4, '\0');
}

void BsonWriter::begin_document(std::string_view key) {
  add_head(kDocument, key);
  begin_document();
}

void BsonWriter::begin_array(std::string_view key) {
  add_head(kArray, key);
  begin_document();
}

void BsonWriter::end() {
  CHECK(!starts_.empty(), "a document is open");
  out_.push_back('\0');
  const std::size_t start = starts_.back();
  starts_.pop_back();
  auto size = static_cast<std::uint32_t>(out_.size() - start);
  for (std::size_t i = 0; i < 4; ++i, size >>= 8U) {
    out_[start + i] = static_cast<char>(size & 0xffU);
  }
}

void BsonWriter::add_int32(std::string_view key, std::int32_t value) {
  add_head(kInt32, key);
  append_little_endian(value);
}

void BsonWriter::add_int64(std::string_view key, std::int64_t value) {
  add_head(kInt64, key);
  append_little_endian(value);
}

void BsonWriter::add_double(std::string_view key, double value) {
  add_head(kDouble, key);
  append_little_endian(std::bit_cast<std::uint64_t>(value));
}

void BsonWriter::add_bool(std::string_view key, bool value) {
  add_head(kBool, key);
  out_.push_back(value ? '\1' : '\0');
}

void BsonWriter::add_null(std::string_view key) {
  add_head(kNull, key);
}

void BsonWriter::add_text(std::string_view key, std::string_view value) {
  add_head(kText, key);
  append_little_endian(static_cast<std::uint32_t>(value.size() + 1));
  out_.append(value);
  out_.push_back('\0');
}

void BsonWriter::add_date(std::string_view key, std::int64_t value) {
  add_head(kDate, key);
  append_little_endian(value);
}

void BsonWriter::add_object_id(std::string_view key, const std::array<std::uint8_t, 12>& value) {
  add_head(kObjectId, key);
  for (const std::uint8_t byte : value)
    out_.push_back(static_cast<char>(byte));
}

void BsonWriter::add_uuid(std::string_view key, const std::array<std::uint8_t, 16>& value) {
  add_head(kBinary, key);
  append_little_endian(static_cast<std::uint32_t>(value.size()));
  out_.push_back(kUuidSubtype);
  for (const std::uint8_t byte : value)
    out_.push_back(static_cast<char>(byte));
}

void BsonWriter::add_cents(std::string_view key, std::uint64_t cents) {
  add_head(kDecimal128, key);
  append_little_endian(cents);
  append_little_endian(kCentsExponent << 49U);
}

void BsonWriter::add_document(std::string_view key, std::string_view document) {
  add_head(kDocument, key);
  out_.append(document);
}

void BsonWriter::add_elements_of(std::string_view document) {
  CHECK(document.size() >= 5, "a document has a length and an end");
  out_.append(document.substr(4, document.size() - 5));
}

}  // namespace relay
