#include "fault/chaos_fixture.h"

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

// What a majority has on disk, and soon an error when there is no server.
constexpr char kCareful[] = "&w=majority&journal=true&serverSelectionTimeoutMS=2000";

bool take_option(std::string_view name, const char* value) {
  ChaosOptions& options = chaos_options();
  if (name == "--runs") {
    options.runs = std::atoi(value);
  } else if (name == "--minutes") {
    options.minutes = std::atof(value);
  } else if (name == "--seed") {
    options.seed = std::strtoull(value, nullptr, 10);
  } else if (name == "--log") {
    options.log_directory = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

ChaosOptions& chaos_options() {
  static ChaosOptions options;
  return options;
}

int run_chaos(int argc, char** argv) {
  chaos_options().seed = std::random_device()();
  chaos_options().log_directory = std::filesystem::temp_directory_path() / "relay-chaos";
  std::vector<char*> rest{argv[0]};
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], "--gtest", 7) == 0) {
      rest.push_back(argv[i]);
    } else if (i + 1 == argc || !take_option(argv[i], argv[i + 1])) {
      std::cerr << "error: " << argv[i]
                << "\ntry: [--runs N] [--minutes N] [--seed S] [--log DIRECTORY]\n";
      return 2;
    } else {
      ++i;
    }
  }
  std::filesystem::create_directories(chaos_options().log_directory);
  int count = static_cast<int>(rest.size());
  rest.push_back(nullptr);
  testing::InitGoogleTest(&count, rest.data());
  // A life that fails may leave servers behind that no other one can use.
  GTEST_FLAG_SET(fail_fast, true);
  return RUN_ALL_TESTS();
}

std::string ChaosTest::Fault::text() const {
  std::string text = is_kill ? "kill" : "stop";
  if (hits_relay) text += " relay";
  if (hits_target) text += " postgresql";
  if (hits_source) text += " mongod";
  return text;
}

void ChaosTest::begin(std::uint64_t seed, Arguments arguments) {
  random_.seed(seed);
  began_at_ = std::chrono::steady_clock::now();
  log_.open(chaos_options().log_directory / ("seed-" + std::to_string(seed) + ".log"));
  note("seed " + std::to_string(seed));
  arguments_ = std::move(arguments);
  WriterPlan writing = plan(mongo().uri() + kCareful);
  writing.seed = seed;
  writers_ = std::make_unique<VersionWriters>(writing);
  relay_ = start(arguments_);
}

void ChaosTest::note(const std::string& line) {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now() - began_at_;
  log_ << now.count() << " " << line << std::endl;
}

void ChaosTest::keep_relay_log() {
  log_ << relay_->log() << std::endl;
}

void ChaosTest::start_relay_again() {
  keep_relay_log();
  relay_ = start(arguments_);
}

void ChaosTest::do_fault(const Fault& fault) {
  note(fault.text() + " writes=" + std::to_string(writers_->write_count()) +
       " position=" + (fault.hits_target ? "" : safe_token()));
  if (!relay_->is_running()) {
    ADD_FAILURE() << "the relay has ended: " << relay_->log();
    start_relay_again();
  }
  if (fault.is_kill) {
    if (fault.hits_source) kill_source();
    pass_time(20ms);
    if (fault.hits_target) kill_target();
    pass_time(20ms);
    if (fault.hits_relay) relay_->kill();
    pass_time(300ms);
    if (fault.hits_source) start_source();
    if (fault.hits_target) start_target();
    if (fault.hits_relay) start_relay_again();
    return;
  }
  if (fault.hits_source) mongo().pause();
  pass_time(20ms);
  if (fault.hits_target) postgres().pause();
  pass_time(20ms);
  if (fault.hits_relay) relay_->pause();
  pass_time(1'500ms);
  if (fault.hits_relay) relay_->resume();
  if (fault.hits_target) postgres().resume();
  if (fault.hits_source) mongo().resume();
}

std::chrono::duration<double> ChaosTest::catch_up() {
  const auto began = std::chrono::steady_clock::now();
  // A key that no writer has. What comes before it in the stream is in the target with it.
  const std::int64_t key = 1'000'000 + ++catch_ups_;
  const std::string id = std::to_string(key);
  source_.insert("orders",
                 R"({"_id": )" + id + R"(, "sequence": 1, "text": ")" + version_text(key, 1) +
                     R"(", "nested": {"sequence": 1}})");
  EXPECT_TRUE(wait_for_row(id)) << relay_->log();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  note("caught up after " + std::to_string(taken.count()) + " s");
  return taken;
}

void ChaosTest::end() {
  writers_->stop();
  relay_->terminate();
  EXPECT_EQ(relay_->wait(), 0) << relay_->log();
  keep_relay_log();
  expect_equal_at_the_end(*writers_);
  note("end writes=" + std::to_string(writers_->write_count()) + " failed=" +
       std::to_string(writers_->failure_count()) + (HasFailure() ? " FAILED" : " equal"));
}

}  // namespace relay
