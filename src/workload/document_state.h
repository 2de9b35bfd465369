// What every document of a workload has, and who writes it.
//
// Each document begins with `_id`, `run` (the seed), `writer`, `seq` and `stamp`. `seq` counts the
// writes of one document and goes on when a deleted one comes back; `stamp` is the number of the
// writer's operation. So within a document both only grow, and (writer, stamp) names one operation.
#pragma once

#include <cstdint>
#include <string>

#include "workload/bson_writer.h"
#include "workload/random.h"

namespace relay {

struct WriterIdentity {
  std::uint64_t seed = 0;
  std::uint32_t writer = 0;

  // Different for each writer of each seed.
  [[nodiscard]] std::uint64_t base() const { return mix_bits(seed, writer); }
};

// The state of one document as far as it cannot be made again from `content`.
struct DocumentState {
  std::int64_t stamp = 0;
  std::int64_t content = 0;  // The stamp at which the document got new content: insert or replace.
  std::int32_t seq = 0;
  std::uint32_t pad_bytes = 0;  // Length of the padding text, decided with the content.
  bool has_pad = false;
};

// When an operation happens.
struct WorkloadMoment {
  std::int64_t stamp = 0;       // From 1.
  bool is_second_half = false;  // Of the writer's operations.
};

inline void write_mark(BsonWriter& bson,
                       const WriterIdentity& identity,
                       const DocumentState& state) {
  bson.add_int64("run", static_cast<std::int64_t>(identity.seed));
  bson.add_int32("writer", static_cast<std::int32_t>(identity.writer));
  bson.add_int32("seq", state.seq);
  bson.add_int64("stamp", state.stamp);
}

// Inside the $set of every update.
inline void write_new_mark(BsonWriter& bson, const DocumentState& state) {
  bson.add_int32("seq", state.seq);
  bson.add_int64("stamp", state.stamp);
}

// Letters that do not compress to nothing.
inline void write_pad(BsonWriter& bson,
                      const WriterIdentity& identity,
                      const DocumentState& state) {
  if (!state.has_pad) return;
  std::string text;
  text.reserve(state.pad_bytes + 8);
  Random random(mix_bits(identity.base() + 1, static_cast<std::uint64_t>(state.content)));
  while (text.size() < state.pad_bytes) {
    std::uint64_t bits = random.next();
    for (int i = 0; i < 8; ++i, bits >>= 8U)
      text.push_back(static_cast<char>('a' + (bits & 0xffU) % 26U));
  }
  text.resize(state.pad_bytes);
  bson.add_text("pad", text);
}

// The elements of a pad of no bytes: type, "pad" and its end, length, end of the text.
inline constexpr std::uint32_t kPadBytesMin = 1 + 4 + 4 + 1;

// The chance that makes the content of a document.
inline Random content_random(const WriterIdentity& identity, const DocumentState& state) {
  return Random(mix_bits(identity.base(), static_cast<std::uint64_t>(state.content)));
}

// 2024-01-01T00:00:00Z. Dates are made from stamps, never from the clock, so that runs repeat.
inline constexpr std::int64_t kWorkloadEpochMs = 1'704'067'200'000;

}  // namespace relay
