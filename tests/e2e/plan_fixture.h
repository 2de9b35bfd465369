// What the tests of relay plan share.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "e2e/crate_fixture.h"

namespace relay {

inline testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

class PlanTest : public CrateRelayTest {
 protected:
  void write_settings(const std::string& tables) const {
    write_file(directory_.path() / "relay.toml", tables);
  }
  [[nodiscard]] std::string table(const std::string& collection, const std::string& more) const {
    return "[[table]]\nfrom = \"" + database() + "." + collection + "\"\n" + more + "\n";
  }
  [[nodiscard]] Ended plan_between(const std::string& source,
                                   const std::string& target,
                                   const Arguments& more = {}) const {
    Arguments all{"--config", "relay.toml", "plan", "--source", source, "--target", target};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  // On PostgreSQL.
  [[nodiscard]] Ended plan(const Arguments& more = {}) const {
    return plan_between(mongo().uri(), target_uri(), more);
  }
  // Standard output of a run with --json, which comes before the complaint.
  static Bson json_of(const Ended& ended) {
    return Bson(std::string_view(ended.log).substr(0, ended.log.find("\nerror: ")));
  }
  static std::string text_at(const Bson& json, const char* path) {
    bson_iter_t at;
    return json.find(path, at) && BSON_ITER_HOLDS_UTF8(&at) ? bson_iter_utf8(&at, nullptr) : "";
  }
};

}  // namespace relay
