// Cell: the bytes of one column of one row, until the row is complete.
//
// Bytes are views into the document where they stand there as they are, else they are kept here;
// a cell that was used before allocates nothing for the next row.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace relay {

class Cell {
 public:
  enum class State : std::uint8_t { missing, null, value };

  Cell() = default;
  Cell(const Cell&) = delete;
  Cell& operator=(const Cell&) = delete;

  [[nodiscard]] State state() const { return state_; }
  // Of State::value; valid until the cell is set again, and as long as what set_view() was given.
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  void set_missing() { state_ = State::missing; }
  void set_null() { state_ = State::null; }
  void set_view(std::string_view bytes) {
    bytes_ = bytes;
    state_ = State::value;
  }

  static constexpr std::size_t kShortMax = 40;
  // kShortMax writable bytes; set_short() says how many became the value.
  char* short_room() { return short_.data(); }
  void set_short(std::size_t size) { set_view({short_.data(), size}); }
  template <class Unsigned>
  void set_big_endian(Unsigned value) {
    static_assert(std::is_unsigned_v<Unsigned>);
    for (std::size_t i = sizeof value; i-- > 0; value = static_cast<Unsigned>(value >> 7U >> 1U))
      short_[i] = static_cast<char>(value);
    set_short(sizeof value);
  }

  // An empty text to append to; set_long() makes it the value.
  std::string& long_room() {
    long_.clear();
    return long_;
  }
  void set_long() { set_view(long_); }
  // Gives memory back that one large value needed and others will not.
  void trim() {
    if (long_.capacity() > kKeptMax) long_ = std::string();
  }

 private:
  static constexpr std::size_t kKeptMax = 256U << 10U;

  std::string_view bytes_;
  State state_ = State::missing;
  std::array<char, kShortMax> short_;  // Filled as far as it is used.
  std::string long_;
};

}  // namespace relay
