// The server's side of the PostgreSQL wire protocol, version 3: messages in, messages out.
//
//   startup := int32 size, int32 version, (name 0, value 0)*, 0
//   message := byte type, int32 size (of all but the type), body
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

struct WireMessage {
  char type = 0;
  std::string body;
};

// Reads from a socket that somebody else owns. One thread.
class WireReader {
 public:
  explicit WireReader(int descriptor) : descriptor_(descriptor) {}

  // The first message; its type is 0. nullopt: the client has gone.
  std::optional<WireMessage> next_startup();
  std::optional<WireMessage> next();
  // A whole Sync, or a query, waits among what has arrived: the client did not wait for an answer.
  bool has_another_sync();

 private:
  bool fill(std::size_t size);
  void take_what_arrived();

  int descriptor_;
  std::string buffer_;
};

// Numbers and texts out of a message's body. Reading past its end gives zeros and empty texts.
class WireBody {
 public:
  explicit WireBody(std::string_view body) : rest_(body) {}

  std::int16_t int16() { return static_cast<std::int16_t>(number(2)); }
  std::int32_t int32() { return static_cast<std::int32_t>(number(4)); }
  char byte() { return static_cast<char>(number(1)); }
  std::string text();
  std::string bytes(std::size_t size);

 private:
  std::uint32_t number(std::size_t size);

  std::string_view rest_;
};

// One answer under way.
class WireAnswer {
 public:
  explicit WireAnswer(char type) : text_(1, type) { text_.append(4, '\0'); }

  WireAnswer& int16(std::size_t value);
  WireAnswer& int32(std::size_t value);
  WireAnswer& byte(char value);
  WireAnswer& text(std::string_view value);
  WireAnswer& bytes(std::string_view value);
  [[nodiscard]] std::string take();

 private:
  std::string text_;
};

// False: the client has gone.
bool send_all(int descriptor, std::string_view bytes);

}  // namespace relay
