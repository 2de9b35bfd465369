// The real CrateDB that a run of the tests may be given, in place of the double:
//   RELAY_TEST_CRATEDB_URI   a server that runs
//   RELAY_TEST_CRATEDB_HOME  a folder with bin/crate: one server for each test program, which the
//                            tests may kill
#pragma once

#include <string>

#include "support/crate_server.h"

namespace relay {

class RealCrate {
 public:
  // nullptr: none was given, or it is somebody else's and must not be killed.
  static CrateServer* ours();
  static bool is_given();
  // While is_given().
  static std::string uri(const std::string& scheme);
};

}  // namespace relay
