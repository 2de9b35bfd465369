// Raw BSON: views into it, and the buffer that owns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace relay {

// One BSON document, length prefix included, in bytes that somebody else owns. Empty: no document.
// Nothing but the length has been checked; a reader has to expect any content.
using RawDocument = std::span<const std::uint8_t>;

// Owns bytes that came from a driver, together with the way to free them.
class RawBuffer {
 public:
  using Release = void (*)(void*);

  RawBuffer() = default;
  RawBuffer(std::uint8_t* data, std::size_t size, Release release)
      : data_(data, release), size_(size) {}

  [[nodiscard]] RawDocument view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t, Release> data_{nullptr, [](void*) {}};
  std::size_t size_ = 0;
};

}  // namespace relay
