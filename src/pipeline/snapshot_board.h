// SnapshotBoard: which tables of a stream are being copied, how far, and who may read what next.
//
// Three views of a part, each behind the one before:
//   read     chunks that a lane has handed to the assembling stage
//   emitted  chunks that are in a batch
//   applied  what the target has, and what a restart goes on from
//
//   waiting -> copying | merging        a lane asks whether the table is empty and chooses ranges
//   copying -> done                     all ranges are in
//   merging -> sweeping -> done         then rows whose documents are gone are removed
//
// Invariant: an update that replaces all parts of a table freezes it until it is applied, so that
// no chunk of the parts before can follow it, and nothing is read or asked of the table before
// everything up to the last of them is in it.
//
// Threads: any; each call says whose it is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/guarded.h"
#include "core/snapshot.h"
#include "mapping/table_mapping.h"

namespace relay {

// What a lane was told to read. The events behind `ordinal` are those that a chunk cannot know of.
struct SnapshotClaim {
  enum class Job : std::uint8_t {
    plan,   // Is the table empty? Where do ranges begin?
    copy,   // The next chunk of `part`.
    sweep,  // The next rows of the table whose documents may be gone.
  };
  Job job = Job::plan;
  const TableMapping* table = nullptr;
  SnapshotPart part{};
  std::uint64_t epoch = 0;    // Of the table; a claim of an older one is void.
  std::uint64_t ordinal = 0;  // Events taken when the claim was made.
};

struct SnapshotReport {
  std::string table;
  std::string from{};  // The collection.
  SnapshotState state = SnapshotState::done;
  std::uint64_t rows_done = 0;
  std::uint64_t rows_estimated = 0;
};

class SnapshotBoard {
 public:
  // Assembling thread: a table of the stream, or a newer version of its mapping.
  void add_table(const TableMapping* table);
  // False until add_table() and parts were seen: stored ones, or an update on its way.
  [[nodiscard]] bool has_parts(const TableMapping& table);
  // The state when there is one: of the least advanced part.
  [[nodiscard]] std::optional<SnapshotState> state_of(const TableMapping& table);

  // Applying thread: what the target has stored. Before the stream opens.
  void load(std::span<const SnapshotPart> parts);
  // Applying thread: the updates of a batch are durable.
  void on_applied(std::span<const SnapshotUpdate> updates);
  // Applying thread: the table had keys of the chunk already.
  void note_copy_refused(const SnapshotUpdate& update);

  // Assembling thread: claims of the table become void, and no other is made before
  // `update`, which replaces all parts, is applied.
  void replace(const TableMapping& table, const SnapshotUpdate& update);
  // Assembling thread: stored tables that the stream does not feed, because the settings no longer
  // name them or no collection of a pattern is theirs, miss what happens from here on. Once they
  // are fed again they are copied again. Returns what is to be stored about them.
  std::vector<SnapshotUpdate> leave_unfed();
  // Assembling thread: what an emitted chunk does to the stored parts. `next`: nullopt when the
  // part is done. A plan carries its parts in `planned`.
  SnapshotUpdate emit(const SnapshotClaim& claim,
                      std::uint64_t rows,
                      const std::optional<SnapshotPart>& next,
                      const std::vector<SnapshotPart>& planned);
  // Assembling thread: voids the claims of the table; its parts are read again from where they were
  // emitted.
  void rewind(const TableName& table);
  [[nodiscard]] bool is_current(const SnapshotClaim& claim);
  [[nodiscard]] bool prefers_copy(const SnapshotClaim& claim);
  // Assembling thread: every event up to `ordinal` was taken. Returns for each table with open
  // claims the oldest ordinal among them.
  std::map<TableName, std::uint64_t> open_claims(std::uint64_t ordinal);

  // Lanes. nullopt: nothing to read now. A claim is open until close().
  std::optional<SnapshotClaim> claim();
  // The claim's chunk was handed on; the part goes on at `next` (nullopt: it is read).
  void advance(const SnapshotClaim& claim, const std::optional<SnapshotPart>& next);
  // Any thread: nobody works on the claim any more.
  void close(const SnapshotClaim& claim);

  // Any thread: copy the table again. False: no such table.
  bool request(const std::string& table);
  // Assembling thread.
  std::vector<const TableMapping*> take_requests();

  // Assembling thread: the tables that exist at the start were added.
  void set_opened();
  // Any thread: opened, no table is being copied or waits for it, and no request is open.
  [[nodiscard]] bool is_idle();
  // Any thread: every table of the stream; one that never had a snapshot is done.
  [[nodiscard]] std::vector<SnapshotReport> report();

 private:
  struct Part {
    SnapshotPart emitted{};
    SnapshotPart read{};  // Where reading goes on.
    bool is_read = false;
    bool is_claimed = false;
    int copies_refused = 0;
  };
  struct Table {
    const TableMapping* mapping = nullptr;  // Null: stored, but not of the stream (any more).
    std::vector<Part> parts{};
    std::vector<SnapshotPart> applied{};
    std::multiset<std::uint64_t> open{};  // Ordinals of open claims.
    std::uint64_t epoch = 0;
    int unapplied = 0;  // Updates of all parts that are on their way: there may be several.
    bool is_requested = false;
    [[nodiscard]] bool is_frozen() const { return unapplied > 0; }
  };
  struct State {
    std::map<std::string, Table> tables{};
    std::uint64_t ordinal = 0;
    bool is_opened = false;
  };

  static std::optional<SnapshotClaim> claim_of(Table& table, std::uint64_t ordinal);
  static void set_parts(Table& table, std::span<const SnapshotPart> parts);
  static Part* find_part(Table& table, int number);
  static void void_claims(Table& table);

  Guarded<State> state_;
};

}  // namespace relay
