// Rows in the binary form of COPY ... FROM STDIN. Pure.
//
//   "PGCOPY\n\xff\r\n\0", int32 flags = 0, int32 length of an extension = 0, then for each row
//   int16 field count and for each field int32 length (-1: null) and the bytes, then int16 -1; all
//   integers big-endian. (PostgreSQL 15 documentation, COPY, "Binary Format".)
//
// A field of jsonb begins with a version byte, which its cell in a RowBlock does not have.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/row_block.h"

namespace relay {

// Takes the next bytes, at most kCopyPieceBytesMax of them. False: no more is wanted.
using CopyOutput = std::function<bool(std::string_view bytes)>;

// Small enough to add little to the memory of the batch, large enough for few calls.
inline constexpr std::size_t kCopyPieceBytesMax = 64U << 10U;

// Writes the whole of a sealed block. `is_jsonb`: one entry a column. False: `output` said so.
bool write_copy(const RowBlock& block, const std::vector<bool>& is_jsonb, const CopyOutput& output);

}  // namespace relay
