// A source with a tiny oplog: what its entries say is gone within seconds.
#pragma once

#include <stdexcept>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {

// A log that is really cut.
class OplogRolledOverTest : public RealServersTest {
 protected:
  OplogRolledOverTest()
      : small_([] {
          MongoServer::Options options;
          // The log is cut at checkpoints only, and those come every minute by default.
          options.extra_args = {"--oplogSize", "8", "--syncdelay", "1"};
          return options;
        }()),
        writer_(small_.uri(), database()) {
    begin_ = iso_time(writer_.server_seconds());
  }

  Ended run_once(const Arguments& more = {}) { return run_once_with("orders=sales.orders", more); }

  Ended run_once_with(const std::string& table, const Arguments& more = {}) {
    Arguments arguments{"cdc-relay",
                        "--once",
                        "--source",
                        small_.uri(),
                        "--target",
                        target_uri(),
                        "--table",
                        database() + "." + table};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  // 0: not known this time, because the log was cut while it was read.
  std::uint32_t oldest_second() {
    MongoClient local(small_.uri(), "local");
    std::unique_ptr<Bson> first;
    try {
      first = local.find_one("oplog.rs", "{}");
    } catch (const std::runtime_error&) {
      return 0;
    }
    bson_iter_t at;
    std::uint32_t seconds = 0;
    std::uint32_t increment = 0;
    if (first != nullptr && first->find("ts", at)) bson_iter_timestamp(&at, &seconds, &increment);
    return seconds;
  }

  // Writes elsewhere until the server has cut everything up to now away.
  bool outrun() {
    const std::uint32_t second = writer_.server_seconds();
    MongoClient elsewhere(small_.uri(), "ballast");
    const std::vector<Bson> ballast(
        8, Bson(R"({"text": ")" + std::string(std::size_t{1} << 20U, 'x') + "\"}"));
    return wait_until(kPatience, [&] {
      for (int i = 0; i < 3; ++i)
        elsewhere.insert_raw("ballast", ballast);
      return oldest_second() > second;
    });
  }

  MongoServer small_;
  MongoClient writer_;
};

}  // namespace relay
