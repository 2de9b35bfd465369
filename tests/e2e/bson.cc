#include "e2e/bson.h"

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace relay {

Bson::Bson(std::string_view json) : document_(nullptr) {
  bson_error_t error;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the driver's type for text.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(json.data());
  document_ = bson_new_from_json(bytes, static_cast<ssize_t>(json.size()), &error);
  if (document_ == nullptr) {
    throw std::runtime_error("not Extended JSON: " + std::string(error.message) + ": " +
                             std::string(json.substr(0, 200)));
  }
}

Bson Bson::copy_of(const bson_t& document) {
  return Bson(bson_copy(&document));
}

Bson::Bson(Bson&& other) noexcept : document_(std::exchange(other.document_, nullptr)) {}

Bson& Bson::operator=(Bson other) noexcept {
  std::swap(document_, other.document_);
  return *this;
}

std::string Bson::canonical_text() const {
  std::size_t size = 0;
  char* const text = bson_as_canonical_extended_json(document_, &size);
  std::string copy(text, size);
  bson_free(text);
  return copy;
}

bool Bson::find(const char* path, bson_iter_t& at) const {
  bson_iter_t from;
  return bson_iter_init(&from, document_) && bson_iter_find_descendant(&from, path, &at);
}

std::int64_t Bson::number(const char* path) const {
  bson_iter_t at;
  if (!find(path, at)) throw std::runtime_error("no field " + std::string(path));
  return bson_iter_as_int64(&at);
}

std::string quote_json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(byte));
      out += escape;
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace relay
