// Tests of the program that are about PostgreSQL, and why: left out when they run against CrateDB.
#pragma once

#include <string>

namespace relay {

// Of a test by its full name, "Suite.Test", with what stands around it when it has parameters.
// Empty: it is about every target.
std::string why_postgres_only(const std::string& test);

}  // namespace relay
