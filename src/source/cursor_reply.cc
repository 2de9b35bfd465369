#include "source/cursor_reply.h"

#include <algorithm>
#include <cstring>

#include "source/bson_document.h"

namespace relay {

namespace {

constexpr std::size_t kLengthPrefix = 4;

// BSON is little-endian everywhere.
std::size_t length_at(RawDocument bytes, std::size_t offset) {
  std::size_t length = 0;
  for (std::size_t i = kLengthPrefix; i > 0; --i)
    length = length << 8U | bytes[offset + i - 1];
  return length;
}

RawDocument view_of_value(const bson_iter_t& at) {
  std::uint32_t length = 0;
  const std::uint8_t* bytes = nullptr;
  if (BSON_ITER_HOLDS_ARRAY(&at)) {
    bson_iter_array(&at, &length, &bytes);
  } else if (BSON_ITER_HOLDS_DOCUMENT(&at)) {
    bson_iter_document(&at, &length, &bytes);
  }
  return {bytes, length};
}

bool read_cursor(bson_iter_t& at, CursorReply& reply) {
  bool has_id = false;
  while (bson_iter_next(&at)) {
    const std::string_view key = bson_iter_key(&at);
    if (key == "id" && BSON_ITER_HOLDS_INT(&at)) {
      reply.cursor_id = bson_iter_as_int64(&at);
      has_id = true;
    } else if (key == "firstBatch" || key == "nextBatch") {
      reply.documents = view_of_value(at);
    } else if (key == "postBatchResumeToken") {
      reply.post_batch_token = view_of_value(at);
    } else if (key == "ns" && BSON_ITER_HOLDS_UTF8(&at)) {
      std::uint32_t length = 0;
      const char* text = bson_iter_utf8(&at, &length);
      const std::string_view ns(text, length);
      reply.collection = ns.substr(std::min(ns.find('.'), ns.size() - 1) + 1);
    }
  }
  return has_id && !reply.documents.empty();
}

}  // namespace

std::optional<RawDocument> next_document(RawDocument array, std::size_t& offset) {
  if (offset == 0) offset = kLengthPrefix;
  if (offset + 1 >= array.size() || array[offset] != BSON_TYPE_DOCUMENT) return std::nullopt;
  // The key is the index as text: skip to behind its NUL.
  const auto rest = array.subspan(offset + 1);
  const auto* end = static_cast<const std::uint8_t*>(std::memchr(rest.data(), 0, rest.size()));
  if (end == nullptr) return std::nullopt;
  const auto start = static_cast<std::size_t>(end - array.data()) + 1;
  if (array.size() - start < kLengthPrefix) return std::nullopt;
  const std::size_t length = length_at(array, start);
  // One byte is left at least: the array's own end.
  if (length < kLengthPrefix + 1 || length >= array.size() - start) return std::nullopt;
  offset = start + length;
  return array.subspan(start, length);
}

bool is_array_end(RawDocument array, std::size_t offset) {
  const std::size_t end = std::max(offset, kLengthPrefix);
  return end + 1 == array.size() && array[end] == 0;
}

std::optional<CursorReply> parse_cursor_reply(RawDocument reply) {
  bson_iter_t at;
  bson_iter_t cursor;
  if (!find_field(reply, "cursor", at) || !BSON_ITER_HOLDS_DOCUMENT(&at) ||
      !bson_iter_recurse(&at, &cursor)) {
    return std::nullopt;
  }
  CursorReply result;
  if (!read_cursor(cursor, result)) return std::nullopt;
  std::size_t offset = 0;
  while (const std::optional<RawDocument> document = next_document(result.documents, offset)) {
    result.last_document = *document;
    ++result.document_count;
  }
  if (!is_array_end(result.documents, offset)) return std::nullopt;
  return result;
}

std::size_t count_open_fragments(RawDocument last_document) {
  bson_iter_t at;
  bson_iter_t part;
  if (last_document.empty() || !find_field(last_document, "splitEvent", at) ||
      !BSON_ITER_HOLDS_DOCUMENT(&at) || !bson_iter_recurse(&at, &part)) {
    return 0;
  }
  std::int64_t fragment = 0;
  std::int64_t count = 0;
  while (bson_iter_next(&part)) {
    const std::string_view key = bson_iter_key(&part);
    if (!BSON_ITER_HOLDS_INT(&part)) continue;
    if (key == "fragment") fragment = bson_iter_as_int64(&part);
    if (key == "of") count = bson_iter_as_int64(&part);
  }
  return fragment > 0 && fragment < count ? static_cast<std::size_t>(fragment) : 0;
}

std::optional<ClusterTime> find_time(RawDocument document, const char* field) {
  bson_iter_t at;
  if (!find_field(document, field, at) || !BSON_ITER_HOLDS_TIMESTAMP(&at)) return std::nullopt;
  ClusterTime time;
  bson_iter_timestamp(&at, &time.seconds, &time.increment);
  return time;
}

}  // namespace relay
