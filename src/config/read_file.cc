#include "config/read_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace relay {
namespace {

Error failed(int code) {
  return Error{ErrorKind::config_invalid, std::generic_category().message(code), ""};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  // A folder opens like a file and fails in the middle of reading.
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return failed(EISDIR);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return failed(errno);
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad() || text.bad()) return failed(EIO);
  return std::move(text).str();
}

}  // namespace relay
