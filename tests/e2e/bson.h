// BSON for tests: a document that owns its bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bson/bson.h>

namespace relay {

class Bson {
 public:
  Bson() : document_(bson_new()) {}
  // From Extended JSON. Throws std::runtime_error when it is none.
  explicit Bson(std::string_view json);
  static Bson copy_of(const bson_t& document);
  ~Bson() { bson_destroy(document_); }
  Bson(const Bson& other) : document_(bson_copy(other.document_)) {}
  Bson(Bson&& other) noexcept;
  Bson& operator=(Bson other) noexcept;

  [[nodiscard]] const bson_t* get() const { return document_; }
  [[nodiscard]] bson_t* get() { return document_; }

  // Canonical Extended JSON.
  [[nodiscard]] std::string canonical_text() const;

  // The dotted path; false when it leads nowhere.
  bool find(const char* path, bson_iter_t& at) const;
  // Throws std::runtime_error when there is no such number.
  [[nodiscard]] std::int64_t number(const char* path) const;

 private:
  explicit Bson(bson_t* document) : document_(document) {}

  bson_t* document_;
};

// Text inside JSON text, quotes included.
std::string quote_json(std::string_view text);

}  // namespace relay
