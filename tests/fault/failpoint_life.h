// One life of the relay with a failpoint, and the next one without: a copy of what exists, then
// inserts, updates, replacements and deletes, documents that no row can hold and rows that the
// target refuses. Whatever happened at the point, in the end both sides are equal, each letter is
// there once, and nothing is left over.
//
// `Base` is the fixture of the target; the pure functions are what differs.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"
#include "fault/failpoint_cells.h"
#include "support/wait_until.h"

namespace relay {

// Documents before the relay starts: seven chunks, of which the stream leaves the first five alone.
inline constexpr int kCopied = 100;
inline constexpr int kChunkRows = 15;
// Steps of writes in the first life: so many, and more until it has come by the point.
inline constexpr int kStepsMin = 3;
inline constexpr int kStepsMax = 12;
inline constexpr int kMarkers = 1'000;

// A document with the fields that KillTest looks at.
std::string versioned_order(int key, int sequence);
// The writes of a step, from 1 on: on `orders`, and on `poison` for which no row is made, or no row
// is taken.
void write_step(MongoClient& source, int step);
// What exists before the relay starts.
void write_beginning(MongoClient& source);

template <class Base>
class FailpointLife : public Base, public testing::WithParamInterface<FailpointCell> {
 protected:
  // The command of both lives, with these in addition.
  [[nodiscard]] virtual Arguments life_command() const = 0;
  [[nodiscard]] virtual bool has_order(int key) = 0;
  // Both tables; until then a position says nothing about rows that are not copied yet.
  [[nodiscard]] virtual bool are_copied() = 0;
  // When the tables are copied: the position is not ahead of the rows.
  virtual void expect_position_behind_rows() = 0;
  // After the second life.
  virtual void expect_whole() = 0;

  void live() {
    const FailpointCell& cell = GetParam();
    this->record_ = std::make_unique<StreamRecord>(this->mongo().uri(), this->database(), "orders");
    write_beginning(this->source_);
    const std::string first = live_first(cell);
    ASSERT_NE(first.find("failpoint " + std::string(cell.point.name)), std::string::npos)
        << "never came by it; " << first;
    if (are_copied()) expect_position_behind_rows();
    write_step(this->source_, ++steps_);
    const std::string second = live_second();
    expect_whole();
    if (this->HasFailure()) ADD_FAILURE() << "first life:\n" << first << "second life:\n" << second;
  }

  static constexpr char kVariable[] = "RELAY_FAILPOINT";
  // Of both lives: the last one was written between them.
  int steps_ = 0;

 private:
  static constexpr std::chrono::milliseconds kCalm{1'500};

  std::string live_first(const FailpointCell& cell) {
    RelayProcess relay({.arguments = life_command(),
                        .environment = {{kVariable, format_cell(cell)}},
                        .directory = this->directory_.path(),
                        .program = {},
                        .user = ""});
    const auto is_over = [&] {
      return !relay.is_running() || relay.log().find("failpoint ") != std::string::npos;
    };
    while (steps_ < kStepsMin || (!is_at_stop(cell) && !is_over() && steps_ < kStepsMax)) {
      write_step(this->source_, ++steps_);
      const bool goes_on = wait_until(
          kPatience, [&] { return !relay.is_running() || has_order(kMarkers + steps_); });
      EXPECT_TRUE(goes_on) << "stuck in step " << steps_;
      // Leases are renewed when nothing happens, and the state file has its own time.
      if (steps_ >= kStepsMin && !is_at_stop(cell)) wait_until(kCalm, is_over);
    }
    if (exit_code_of(cell) == 0 || is_at_stop(cell)) relay.terminate();
    EXPECT_EQ(relay.wait(), exit_code_of(cell)) << relay.log();
    return relay.log();
  }

  std::string live_second() {
    const std::unique_ptr<RelayProcess> relay = this->start(life_command());
    EXPECT_TRUE(wait_until(kPatience, [&] {
      return !relay->is_running() || (has_order(kMarkers + steps_) && are_copied());
    }));
    relay->terminate();
    EXPECT_EQ(relay->wait(), 0);
    return relay->log();
  }
};

}  // namespace relay
