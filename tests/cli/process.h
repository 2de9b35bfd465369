// Runs the program itself and keeps what it said.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace relay {

struct Output {
  int exit_code = -1;  // 128 + signal when one ended it.
  std::string out;
  std::string err;
};

// `environment` is all the program sees of one.
Output run_relay(const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment = {});

std::string read_whole(const std::string& path);

}  // namespace relay
