// LookAgain: looks at keys in dispute until each is settled, while both sides are written to.
//
//   for some rounds, while a dispute is open:
//     the source's versions, and its time after them
//     wait until the relay has applied everything up to that time
//     the target's rows
//     the source's versions again             dispute.h judges
//   what is left may have a dead letter that explains it
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "apply/stream_watch.h"
#include "core/result.h"
#include "source/change_source.h"
#include "verify/dispute.h"
#include "verify/relay_wait.h"
#include "verify/table_sides.h"

namespace relay {

class LookAgain {
 public:
  struct Links {  // All outlive this.
    ChangeSource& source;
    StreamWatch& watch;
    TableSides& sides;
    RelayWait& wait;
  };
  // `show`: told how many disputes are open, and whether they are being looked at or waited for.
  enum class Step { looking, waiting };
  using Show = std::function<void(Step step, std::size_t open)>;

  LookAgain(Links links, std::string stream, Show show)
      : links_(links), stream_(std::move(stream)), show_(std::move(show)) {}

  // What is still open afterwards changes in every look. Returns how it was waited in the end.
  Result<RelayWait::Outcome> run(std::vector<Dispute>& disputes);

 private:
  using Open = std::vector<Dispute*>;

  Result<RelayWait::Outcome> look(const Open& open, RelayWait::Reach reach);
  Status look_at_source(const Open& open, Side Look::* part);
  Status look_at_target(const Open& open);
  Status find_letters(std::vector<Dispute>& disputes);

  Links links_;
  std::string stream_;
  Show show_;
};

}  // namespace relay
