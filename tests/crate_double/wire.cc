#include "crate_double/wire.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace relay {
namespace {

constexpr std::size_t kSizeBytes = 4;
constexpr std::size_t kReadMax = 256U << 10U;

std::size_t size_at(std::string_view buffer, std::size_t at) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < kSizeBytes; ++i)
    size = size << 8U | static_cast<unsigned char>(buffer[at + i]);
  return size;
}

}  // namespace

bool WireReader::fill(std::size_t size) {
  std::array<char, 64U << 10U> chunk{};
  while (buffer_.size() < size) {
    const ssize_t count = recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return true;
}

void WireReader::take_what_arrived() {
  std::array<char, 64U << 10U> chunk{};
  while (buffer_.size() < kReadMax) {
    const ssize_t count = recv(descriptor_, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (count <= 0) return;
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

std::optional<WireMessage> WireReader::next_startup() {
  if (!fill(kSizeBytes)) return std::nullopt;
  const std::size_t size = size_at(buffer_, 0);
  if (size < kSizeBytes || !fill(size)) return std::nullopt;
  WireMessage message{.type = 0, .body = buffer_.substr(kSizeBytes, size - kSizeBytes)};
  buffer_.erase(0, size);
  return message;
}

std::optional<WireMessage> WireReader::next() {
  if (!fill(1 + kSizeBytes)) return std::nullopt;
  const std::size_t size = size_at(buffer_, 1);
  if (size < kSizeBytes || !fill(1 + size)) return std::nullopt;
  WireMessage message{.type = buffer_[0],
                      .body = buffer_.substr(1 + kSizeBytes, size - kSizeBytes)};
  buffer_.erase(0, 1 + size);
  return message;
}

bool WireReader::has_another_sync() {
  take_what_arrived();
  for (std::size_t at = 0; at + 1 + kSizeBytes <= buffer_.size();) {
    const std::size_t end = at + 1 + size_at(buffer_, at + 1);
    if (end > buffer_.size()) return false;
    if (buffer_[at] == 'S' || buffer_[at] == 'Q') return true;
    at = end;
  }
  return false;
}

std::uint32_t WireBody::number(std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value <<= 8U;
    if (rest_.empty()) continue;
    value |= static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
  }
  return value;
}

std::string WireBody::text() {
  std::string value(rest_.substr(0, rest_.find('\0')));
  rest_.remove_prefix(std::min(rest_.size(), value.size() + 1));
  return value;
}

std::string WireBody::bytes(std::size_t size) {
  std::string value(rest_.substr(0, size));
  rest_.remove_prefix(value.size());
  return value;
}

WireAnswer& WireAnswer::int16(std::size_t value) {
  return byte(static_cast<char>(value >> 8U)).byte(static_cast<char>(value));
}

WireAnswer& WireAnswer::int32(std::size_t value) {
  return int16(value >> 16U & 0xFFFFU).int16(value & 0xFFFFU);
}

WireAnswer& WireAnswer::byte(char value) {
  text_.push_back(value);
  return *this;
}

WireAnswer& WireAnswer::text(std::string_view value) {
  text_.append(value).push_back('\0');
  return *this;
}

WireAnswer& WireAnswer::bytes(std::string_view value) {
  text_.append(value);
  return *this;
}

std::string WireAnswer::take() {
  const std::size_t size = text_.size() - 1;
  for (std::size_t i = 0; i < kSizeBytes; ++i)
    text_[1 + i] = static_cast<char>(size >> (24U - 8U * i));
  return std::move(text_);
}

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace relay
