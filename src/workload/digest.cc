#include "workload/digest.h"

#include "workload/random.h"

namespace relay {

namespace {

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325U;
constexpr std::uint64_t kFnvPrime = 0x100000001b3U;

void append_hex(std::string& out, std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) {
    out.push_back(kDigits[(value >> static_cast<unsigned>(shift)) & 0xfU]);
  }
}

}  // namespace

void Digest::add(std::string_view document) {
  // Two multiplicative hashes that share no constant; finished, since sums of raw FNV values of
  // like documents would be alike.
  std::uint64_t high = kFnvOffset;
  std::uint64_t low = document.size();
  for (const char character : document) {
    const auto byte = static_cast<unsigned char>(character);
    high = (high ^ byte) * kFnvPrime;
    low = (low + byte + 1) * 0xd6e8feb86659fd93U;
    low ^= low >> 32U;
  }
  ++document_count;
  sum_high += mix_bits(high);
  sum_low += mix_bits(low);
}

void Digest::add(const Digest& other) {
  document_count += other.document_count;
  sum_high += other.sum_high;
  sum_low += other.sum_low;
}

std::string format_digest(const Digest& digest) {
  std::string text = std::to_string(digest.document_count) + "-";
  append_hex(text, digest.sum_high);
  append_hex(text, digest.sum_low);
  return text;
}

}  // namespace relay
