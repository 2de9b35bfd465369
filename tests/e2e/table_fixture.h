// Tests of what [[table]] says: a relay with a file of settings.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "e2e/real_servers.h"

namespace relay {

class TableTest : public RealServersTest {
 protected:
  // `cdc-relay` from the beginning of this test on, with the tables that the text says: `from` and
  // `to` are those of the collection `orders`, unless it says otherwise.
  Arguments table_command(const std::string& table, const Arguments& more = {}) {
    const std::filesystem::path file = directory_.path() / "relay.toml";
    write_file(file,
               "[source]\nuri = \"" + mongo().uri() + "\"\n[target]\nuri = \"" + target_uri() +
                   "\"\n[stream]\nstart = \"" + begin_ + "\"\n[[table]]\nfrom = \"" + database() +
                   ".orders\"\nto = \"sales.orders\"\n" + table);
    Arguments all{"--config", file, "cdc-relay"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] Ended run_once(const std::string& table) {
    return run(table_command(table, {"--once"}));
  }
  [[nodiscard]] std::unique_ptr<RelayProcess> start_tables(const std::string& table,
                                                           const Arguments& more = {}) {
    std::unique_ptr<RelayProcess> relay = start(table_command(table, more));
    EXPECT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
    return relay;
  }
};

}  // namespace relay
