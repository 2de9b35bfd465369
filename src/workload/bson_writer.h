// BsonWriter: BSON documents written straight into a buffer, for a generator that makes a million
// of them.
//
// Not here: reading, and anything but the types that the workload uses.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

class BsonWriter {
 public:
  // Appends to `out`, which outlives the writer.
  explicit BsonWriter(std::string& out) : out_(out) {}

  // A document of its own, or as a value under `key`; arrays take the keys "0", "1", ...
  void begin_document();
  void begin_document(std::string_view key);
  void begin_array(std::string_view key);
  // Closes the innermost document or array.
  void end();

  void add_int32(std::string_view key, std::int32_t value);
  void add_int64(std::string_view key, std::int64_t value);
  void add_double(std::string_view key, double value);
  void add_bool(std::string_view key, bool value);
  void add_null(std::string_view key);
  void add_text(std::string_view key, std::string_view value);
  // Milliseconds since 1970; negative before.
  void add_date(std::string_view key, std::int64_t value);
  void add_object_id(std::string_view key, const std::array<std::uint8_t, 12>& value);
  void add_uuid(std::string_view key, const std::array<std::uint8_t, 16>& value);
  // A decimal with two digits after the point: 1234 is 12.34. Not negative.
  void add_cents(std::string_view key, std::uint64_t cents);
  // A whole document as a value.
  void add_document(std::string_view key, std::string_view document);
  // The elements of a document, into the one being written.
  void add_elements_of(std::string_view document);

 private:
  void add_head(std::uint8_t type, std::string_view key);
  template <class T>
  void append_little_endian(T value);

  std::string& out_;
  std::vector<std::size_t> starts_;  // Where the open documents begin, outermost first.
};

}  // namespace relay
