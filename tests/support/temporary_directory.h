// A directory of its own for one test, below TMPDIR or /tmp; gone with the object, whatever is in
// it.
#pragma once

#include <filesystem>
#include <string>

namespace relay {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Hands the directory itself, not what is in it, to another user. For root only.
  void give_to(const std::string& user);

 private:
  std::filesystem::path path_;
};

// The whole file as it is now; empty when there is none.
std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace relay
