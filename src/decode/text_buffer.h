// TextBuffer: text on its way to a string, gathered in a fixed array first, so that writing a few
// bytes costs no capacity check of the string and never moves what was written before.
//
// What was put is in the string only after flush().
#pragma once

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace relay {

class TextBuffer {
 public:
  static constexpr std::size_t kSize = 4096;

  // `out` outlives the buffer; text is appended to it.
  explicit TextBuffer(std::string& out) : out_(out), at_(buffer_) {}
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

  // At least `count` (<= kSize) writable bytes. advance_to() says how far they were used.
  char* room(std::size_t count) {
    if (count > static_cast<std::size_t>(buffer_ + kSize - at_)) flush();
    return at_;
  }
  void advance_to(char* at) { at_ = at; }

  void put(char c) {
    *room(1) = c;
    ++at_;
  }
  void put(std::string_view text) {
    if (text.size() > kSize / 4) {
      flush();
      out_.append(text);
      return;
    }
    std::memcpy(room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  template <class Integer>
  void put_integer(Integer value) {
    char* at = room(24);
    advance_to(std::to_chars(at, at + 24, value).ptr);
  }

  void flush() {
    out_.append(buffer_, static_cast<std::size_t>(at_ - buffer_));
    at_ = buffer_;
  }

  // Offset in the string of what is put next.
  [[nodiscard]] std::size_t size() const {
    return out_.size() + static_cast<std::size_t>(at_ - buffer_);
  }
  // Takes back everything from the offset on.
  void cut(std::size_t size) {
    flush();
    out_.resize(size);
  }
  // Moves what stands behind the offset: for rare cases.
  void insert(std::size_t offset, std::string_view text) {
    flush();
    out_.insert(offset, text);
  }

 private:
  std::string& out_;
  char buffer_[kSize];  // Filled as far as at_; no std::array, whose data() g++ 12 takes for a use.
  char* at_;
};

}  // namespace relay
