// CrateDB as the target of a test of the program: the stand-in in front of a PostgreSQL, or a real
// server where one is given (real_crate.h), with the tables of earlier tests gone.
#pragma once

#include <memory>
#include <string>

#include "crate_double/crate_double.h"

namespace relay {

class CrateTarget {
 public:
  // True: the program's tests run against it (RELAY_TEST_TARGET=cratedb), those apart that
  // postgres_only.h names.
  static bool is_chosen();

  // `postgres_uri`: of the database behind the stand-in.
  explicit CrateTarget(const std::string& postgres_uri);

  [[nodiscard]] std::string uri(const std::string& scheme) const;
  // False: the stand-in, whose rows can be held up in the PostgreSQL behind it.
  [[nodiscard]] bool is_real() const { return stand_in_ == nullptr; }
  // Null: a real one. For traps.
  [[nodiscard]] CrateDouble* stand_in() const { return stand_in_.get(); }
  void kill();
  void restart();  // After kill().

 private:
  std::unique_ptr<CrateDouble> stand_in_;
};

}  // namespace relay
