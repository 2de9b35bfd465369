// The stand-in for CrateDB as a program, for bench/run: prints its port and serves until its input
// ends.
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

#include "crate_double/crate_double.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("crate_stand_in POSTGRESQL_URI\n", stderr);
    return 2;
  }
  try {
    const relay::CrateDouble stand_in({.backend_uri = argv[1]});
    std::printf("%d\n", stand_in.port());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}
