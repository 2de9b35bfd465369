// CrateSession: one client of the double, from its first message to its last.
//
//   until Sync or Flush:  writes wait, reads run at once
//   at Sync or Flush:     the waiting writes run, grouped by their text in order of first
//                         appearance; then all answers leave, in the order of the requests
//
// When another Sync has arrived before this one is answered, the shorter one is answered first and
// both ReadyForQuery come last, as CrateDB does it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "crate_double/crate_store.h"
#include "crate_double/wire.h"

namespace relay {

class CrateSession {
 public:
  struct Links {
    std::string backend_uri;
    std::string version;  // Of CrateDB.
    CrateWorld& world;    // Outlives the session.
    std::function<void()> die;
  };

  CrateSession(int descriptor, Links links)
      : descriptor_(descriptor), reader_(descriptor), links_(std::move(links)) {}

  // Until the client has gone.
  void serve();

 private:
  struct Portal {
    Statement statement;
    CrateParameters parameters;
    int describe_at = -1;  // In answers_.
    int form = 0;          // Of its rows: 0 text, 1 binary.
  };
  struct Held {
    Portal portal;
    std::size_t answer_at = 0;
  };

  bool greet();
  void take(const WireMessage& message);
  void take_parse(const std::string& body);
  void take_bind(const std::string& body);
  void take_describe(const std::string& body);
  void take_execute();
  void take_query(const std::string& sql);
  void run_held();
  void run_group(const std::vector<Held*>& group);
  void answer_execute(const Held& held, const CrateOutcome& outcome, bool is_bulk);
  void fail(const CrateFailure& failure);
  void reply();
  [[nodiscard]] CrateStore& store();

  int descriptor_;
  WireReader reader_;
  Links links_;
  std::string user_;
  std::unique_ptr<CrateStore> store_;
  std::map<std::string, Statement> statements_;
  Portal portal_;
  std::vector<Held> held_;
  std::vector<std::string> answers_;  // Since the last Sync.
  std::string waiting_;               // Answers of an earlier Sync that a later one overtakes.
  std::size_t waiting_count_ = 0;
  bool is_failed_ = false;  // Everything up to the Sync is passed over.
  bool is_over_ = false;
};

}  // namespace relay
