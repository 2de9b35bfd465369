// Vocabulary of the load tests: a file in a folder of its own, an environment that is a map.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "config/load.h"

namespace relay {

class LoadFixture : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "relay-config-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    request.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      if (found == environment.end()) return std::nullopt;
      return found->second;
    };
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  void set_file(const std::string& text) { request.file = write("relay.toml", text); }

  Settings load() {
    Result<Settings> loaded = load_settings(request);
    if (loaded.ok()) return loaded.value();
    ADD_FAILURE() << loaded.error().message;
    return {};
  }

  // What the load complains about, with the folder's name taken out; empty: nothing.
  std::string complaint() {
    const Result<Settings> loaded = load_settings(request);
    if (loaded.ok()) return "";
    EXPECT_EQ(loaded.error().kind, ErrorKind::config_invalid);
    std::string text = loaded.error().message;
    const std::string prefix = folder_.string() + "/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) {
      text.erase(at, prefix.size());
    }
    return text;
  }

  std::string complaint_about(const std::string& text) {
    set_file(text);
    return complaint();
  }

  LoadRequest request;
  std::map<std::string, std::string> environment;

 private:
  std::filesystem::path folder_;
};

}  // namespace relay
