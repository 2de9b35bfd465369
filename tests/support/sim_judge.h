// SimJudge: what must be true in a simulated world after every commit, after every save, and at
// rest. It knows the source's truth and looks at the target.
//
//   after a commit   every event up to the target's position is in its rows, which may be newer
//                    (an updated document is fetched when its batch is made), or its key has a
//                    letter; a deleted row is not back; every row shows a version that its document
//                    has had; the position moves forward, but for a repair
//   after a save     a state file holds positions that the target has had, in that order
//   at rest          the rows equal the documents, but for those with a letter
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "support/fake_oplog.h"
#include "support/fake_sink.h"

namespace relay {

class SimJudge {
 public:
  // Both outlive it.
  SimJudge(const FakeOplog& oplog, const FakeTarget& target) : oplog_(oplog), target_(target) {}

  void see_commit(const Batch& batch);
  void see_save(const std::string& owner, const Checkpoint& saved);
  // The owner's file holds something older now, or nothing.
  void see_lost_save(const std::string& owner) { saved_.erase(owner); }

  // What goes back in time with the target when it is restored from a backup.
  struct Memory {
    Position checked{};
    std::optional<std::size_t> first{};
  };
  [[nodiscard]] Memory memory() const { return memory_; }
  void see_restore(const Memory& memory);

  void complain(const std::string& what) {
    if (violation_.empty()) violation_ = what;
  }
  // Empty: nothing was wrong so far. Else the first thing that was.
  [[nodiscard]] const std::string& violation() const { return violation_; }
  // Empty: the rows equal the documents. Otherwise what is different. A collection that was dropped
  // leaves its rows behind, but for `emptied`.
  [[nodiscard]] std::string difference(const std::string& emptied) const;

 private:
  using Key = std::pair<std::string, int>;  // Collection and _id.
  void check_key(const Key& at, const FakeEvent& event, std::size_t end);
  void check_versions(const Batch& batch);
  [[nodiscard]] std::optional<int> row_seq(const Key& at) const;
  [[nodiscard]] bool has_letter(const Key& at) const;
  [[nodiscard]] bool goes_later(const Key& at, std::size_t end) const;
  [[nodiscard]] std::string document_difference(const Key& at, int seq) const;

  const FakeOplog& oplog_;
  const FakeTarget& target_;
  std::string violation_;
  Memory memory_;  // Of `first`: the index of the first event that the relay has to know of.
  std::map<std::string, std::uint64_t> commits_;  // By token: the last commit that ended there.
  std::map<std::string, std::uint64_t> saved_;    // By owner: the commit in the state file.
  std::uint64_t commit_count_ = 0;
};

}  // namespace relay
