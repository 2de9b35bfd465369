// What `relay verify` does, without its flags.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/verify_text.h"
#include "config/settings.h"
#include "core/result.h"

namespace relay {

struct VerifyRequest {
  std::vector<std::string> tables;             // Names of tables or collections; empty: all.
  std::chrono::milliseconds patience{30'000};  // With a relay that stands still.
  bool does_repair = false;
};

// What is told on the way.
struct VerifyHooks {
  std::function<void(const std::string& table, const Dispute& difference)> on_difference;
  // A difference that could not be mended: names and codes, never a value.
  std::function<void(const std::string& table, const Dispute& difference, const std::string& why)>
      on_stay;
  std::function<void(const VerifiedTable& table)> on_table;
  std::function<void(const std::string& text)> on_note;  // A sentence for people.
  ShowProgress show;
};

// All tables of the settings, one after the other. config_invalid: a table of the request that the
// settings do not have.
Result<std::vector<VerifiedTable>> verify_tables(const Settings& settings,
                                                 const VerifyRequest& request,
                                                 const VerifyHooks& hooks);

}  // namespace relay
