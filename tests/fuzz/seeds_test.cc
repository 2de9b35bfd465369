// The fuzz targets without a fuzzer: the seeds as they are, cut off, and with a bit turned over;
// and everything that a fuzzer has found. So the targets stay alive between its runs.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "fuzz/targets.h"

namespace relay {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

const fs::path kRoot = RELAY_SOURCE_DIR;

Bytes read_bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Bytes decode_base64(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string::npos) break;
    bits = bits << 6U | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) bytes.push_back(static_cast<std::uint8_t>(bits >> (count -= 8)));
  }
  return bytes;
}

// Events and replies that a real server sent.
std::vector<Bytes> captured() {
  std::vector<Bytes> seeds;
  for (const char* name : {"captured-6.0.5.jsonl", "replies-6.0.5.jsonl"}) {
    std::ifstream in(kRoot / "tests/data" / name);
    for (std::string line; std::getline(in, line);)
      seeds.push_back(decode_base64(nlohmann::json::parse(line).at("bson").get<std::string>()));
  }
  EXPECT_GT(seeds.size(), 100U);
  return seeds;
}

std::vector<Bytes> texts(const std::string& folder) {
  std::vector<Bytes> seeds;
  for (const auto& entry : fs::directory_iterator(kRoot / folder)) {
    if (entry.path().extension() == ".toml") seeds.push_back(read_bytes(entry.path()));
  }
  EXPECT_FALSE(seeds.empty());
  return seeds;
}

struct Target {
  std::string name;
  void (*run)(FuzzInput);
  std::vector<Bytes> (*seeds)();
  std::size_t stride;  // Every so many-th byte is damaged.
};

class FuzzSeedsTest : public testing::TestWithParam<Target> {};

TEST_P(FuzzSeedsTest, NothingBreaksAPromise) {
  const Target& target = GetParam();
  std::size_t offset = 0;
  for (Bytes bytes : target.seeds()) {
    target.run(bytes);
    for (std::size_t i = offset++ % target.stride; i < bytes.size(); i += target.stride) {
      target.run(FuzzInput(bytes).first(i));
      const std::uint8_t kept = bytes[i];
      bytes[i] ^= static_cast<std::uint8_t>(1U << i % 8);
      target.run(bytes);
      bytes[i] = kept;
    }
  }
}

TEST_P(FuzzSeedsTest, WhatAFuzzerHasFoundIsMended) {
  const fs::path found = kRoot / "tests/fuzz/found" / GetParam().name;
  if (!fs::exists(found)) return;
  for (const auto& entry : fs::directory_iterator(found))
    GetParam().run(read_bytes(entry.path()));
}

INSTANTIATE_TEST_SUITE_P(
    Fuzz,
    FuzzSeedsTest,
    testing::Values(Target{"json", fuzz_json, captured, 23},
                    Target{"key_text", fuzz_key_text, captured, 23},
                    Target{"typed_row", fuzz_typed_row, captured, 47},
                    Target{"event", fuzz_event, captured, 23},
                    Target{"config", fuzz_config, [] { return texts("examples"); }, 7},
                    Target{"mapping_file", fuzz_mapping_file, [] { return texts("schema"); }, 1}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
