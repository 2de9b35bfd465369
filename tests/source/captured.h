// Replies and events captured from a real server: tests/data/*.jsonl.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/raw_document.h"

namespace relay {

struct CapturedLine {
  std::string what;   // What was done, in words.
  std::string group;  // Of events: the stream they are from. Empty in replies.
  std::vector<std::uint8_t> bson;

  [[nodiscard]] RawDocument view() const { return bson; }
};

// All lines of tests/data/`file`. Throws std::runtime_error when the file is not as described.
std::vector<CapturedLine> load_captured(const std::string& file);

// The reply with that description. Throws std::runtime_error when there is none.
CapturedLine captured_reply(const std::string& what);

}  // namespace relay
