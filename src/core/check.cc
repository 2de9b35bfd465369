#include "core/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace relay {

void fail_check(std::string_view condition, std::string_view text, std::source_location where) {
  const std::string line = "error: bug in relay: " + std::string(text) + " (" +
                           std::string(condition) + ") at " + where.file_name() + ":" +
                           std::to_string(where.line()) +
                           "\ntry: report this line; restarting is safe, nothing is lost\n";
  std::fputs(line.c_str(), stderr);
  std::abort();
}

}  // namespace relay
