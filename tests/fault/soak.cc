// One relay that lives through everything for a long time: faults of processes, networks, source
// and target one after another, under three writers.
//
//   soak [--minutes N] [--seed S] [--log DIRECTORY]
//
// After each fault the relay has to catch up; in the end both sides are equal, and its memory and
// its open files are what they were. In the first third the relay itself is killed too; memory and
// files are measured after that.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "fault/chaos_fixture.h"
#include "support/faulty_link.h"

namespace relay {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// The figure is 10 s; the rest is for a machine that does much else.
constexpr std::chrono::seconds kCatchUpMax{30};

// Buffers are as large as the largest batch so far: before the faults have come around several
// times they grow, and nothing can be said of a trend.
constexpr double kMinutesForATrend = 15;
constexpr double kResidentMibMax = 64;

struct Sample {
  double resident_mib = 0;
  double files = 0;
};

Sample sample_of(pid_t pid) {
  const std::filesystem::path process = "/proc/" + std::to_string(pid);
  Sample sample;
  std::ifstream status(process / "status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) sample.resident_mib = std::atof(line.c_str() + 6) / 1'024;
  }
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(process / "fd"))
    ++sample.files;
  return sample;
}

double median(std::vector<Sample>::const_iterator begin,
              std::vector<Sample>::const_iterator end,
              double Sample::* value) {
  std::vector<double> values;
  std::transform(begin, end, std::back_inserter(values), [&](const Sample& s) { return s.*value; });
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

class SoakTest : public ChaosTest {
 protected:
  SoakTest() : source_link_(mongo().port()), target_link_(postgres().port()) {}

  [[nodiscard]] Arguments linked() const {
    return command_between(
        direct_source_uri(source_link_.port()),
        "postgresql://postgres@127.0.0.1:" + std::to_string(target_link_.port()) + "/" + database(),
        {"--set", "target.statement_timeout=5s"});
  }
  void be_for_a_while(FaultyLink::Weather weather) {
    source_link_.set(weather);
    target_link_.set(weather);
    pass_time(4s);
    source_link_.set({});
    target_link_.set({});
  }
  void change_network() {
    switch (pick(6)) {
      case 0:
        note("network 75 +- 50 ms");
        return be_for_a_while({.delay = 75ms, .jitter = 50ms});
      case 1:
        note("network 64 KB/s");
        return be_for_a_while({.bytes_per_second = 64 * 1'024});
      case 2:
        note("network silent");
        return be_for_a_while({.is_silent = true});
      case 3:
        note("network has forgotten the connections to the target");
        return target_link_.forget_all();
      default:
        note("network resets");
        source_link_.reset_all();
        return target_link_.reset_all();
    }
  }
  void disturb_source() {
    static const std::vector<std::string> failures = {
        R"("errorCode": 11602)",
        R"("errorCode": 112, "errorLabels": ["ResumableChangeStreamError"])",
        R"("closeConnection": true)",
        R"("blockConnection": true, "blockTimeMS": 2000)"};
    const char* const commands[] = {"aggregate", "getMore", "find"};
    const std::string failure = failures[pick(failures.size())];
    const std::string command = commands[pick(3)];
    note("command " + command + " fails: " + failure);
    fail_command(command, failure, 3);
    // One that nobody sends is over with the next reset.
    source_link_.reset_all();
    pass_time(2s);
    end_failures();
  }
  void disturb_target() {
    switch (pick(3)) {
      case 0:
        note("sessions of the target end");
        target_.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
            "'relay'");
        return;
      case 1:
        note("table is locked");
        target_.run("BEGIN; LOCK TABLE sales.orders IN SHARE MODE");
        pass_time(7s);
        target_.run("ROLLBACK");
        return;
      default:
        note("target is read-only");
        target_.run("ALTER DATABASE " + database() + " SET default_transaction_read_only = on");
        target_link_.reset_all();
        pass_time(2s);
        target_.run("SET default_transaction_read_only = off");
        target_.run("ALTER DATABASE " + database() + " RESET default_transaction_read_only");
        target_link_.reset_all();
    }
  }
  void disturb_processes(bool may_kill_relay) {
    Fault fault;
    fault.is_kill = pick(2) == 0;
    fault.hits_target = pick(2) == 0;
    fault.hits_source = pick(2) == 0;
    fault.hits_relay = (pick(3) == 0 && (may_kill_relay || !fault.is_kill)) ||
                       (!fault.hits_target && !fault.hits_source && may_kill_relay);
    do_fault(fault);
  }

  void expect_flat(const std::vector<Sample>& samples) {
    const auto third = static_cast<std::ptrdiff_t>(samples.size() / 3);
    const auto values = [&](double Sample::* value) {
      return std::pair(median(samples.begin(), samples.begin() + third, value),
                       median(samples.end() - third, samples.end(), value));
    };
    const auto [memory_before, memory_after] = values(&Sample::resident_mib);
    const auto [files_before, files_after] = values(&Sample::files);
    std::cout << "samples=" << samples.size() << " resident_mib=" << memory_before << " -> "
              << memory_after << " files=" << files_before << " -> " << files_after << std::endl;
    EXPECT_LE(memory_after, kResidentMibMax);
    if (chaos_options().minutes >= kMinutesForATrend) {
      EXPECT_LE(memory_after, memory_before * 1.05);
    }
    // A connection may just be missing, or be double, at the moment of a look.
    EXPECT_LE(files_after, files_before + 2);
  }

  FaultyLink source_link_;
  FaultyLink target_link_;
};

TEST_F(SoakTest, EverythingIsSurvivedAndNothingGrows) {
  const auto length =
      std::chrono::duration_cast<SteadyClock::duration>(chaos_options().minutes * 1min);
  begin(chaos_options().seed, linked());
  std::cout << "reproduce: tests/fault/soak --minutes " << chaos_options().minutes << " --seed "
            << chaos_options().seed << std::endl;
  ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay().log();
  const auto began = SteadyClock::now();
  std::vector<Sample> samples;
  std::chrono::duration<double> longest{};
  int faults = 0;
  while (SteadyClock::now() - began < length && !HasFailure()) {
    const bool is_early = SteadyClock::now() - began < length / 3;
    switch (pick(4)) {
      case 0:
        disturb_processes(is_early);
        break;
      case 1:
        change_network();
        break;
      case 2:
        disturb_source();
        break;
      default:
        disturb_target();
    }
    ++faults;
    const std::chrono::duration<double> taken = catch_up();
    EXPECT_LE(taken, kCatchUpMax);
    longest = std::max(longest, taken);
    if (!is_early) samples.push_back(sample_of(relay().pid()));
  }
  end();
  std::cout << "seed=" << chaos_options().seed << " faults=" << faults
            << " writes=" << writers().write_count() << " failed=" << writers().failure_count()
            << " longest_catch_up_seconds=" << longest.count() << std::endl;
  expect_flat(samples);
}

}  // namespace
}  // namespace relay

int main(int argc, char** argv) {
  return relay::run_chaos(argc, argv);
}
