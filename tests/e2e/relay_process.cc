#include "e2e/relay_process.h"

#include <algorithm>
#include <csignal>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

#include "support/wait_until.h"

namespace relay {
namespace {

Process::Options to_process_options(RelayProcess::Options options) {
  const std::filesystem::path program = options.program.empty() ? relay_program() : options.program;
  std::vector<std::string> command{program};
  command.insert(command.end(), options.arguments.begin(), options.arguments.end());
  return {.command = std::move(command),
          .environment = std::move(options.environment),
          .directory = std::move(options.directory),
          .log = {},
          .user = std::move(options.user)};
}

bool shows_documents(const std::vector<std::string>& arguments) {
  const auto has = [&](const char* word) {
    return std::ranges::find(arguments, word) != arguments.end();
  };
  return has("dead-letter") && has("show");
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

}  // namespace

std::filesystem::path relay_program() {
  return RELAY_BINARY;
}

RelayProcess::RelayProcess(Options options)
    : shows_documents_(shows_documents(options.arguments)),
      process_(to_process_options(std::move(options))) {}

RelayProcess::~RelayProcess() {
  if (shows_documents_) return;
  const std::string said = log();
  const std::size_t at = said.find(kCanary);
  if (at == std::string::npos) return;
  const std::size_t begin = said.rfind('\n', at) + 1;
  ADD_FAILURE() << "a password or a value of a document in the output: "
                << said.substr(begin, said.find('\n', at) - begin);
}

std::string RelayProcess::complaint() const {
  std::istringstream lines(log());
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("error: ") || line.starts_with("try: ")) found += line + "\n";
  }
  return found;
}

bool RelayProcess::wait_for_log(std::string_view text, std::size_t count) {
  bool has_ended = false;
  const bool is_decided = wait_until(kPatience, [&] {
    has_ended = !process_.is_running();
    return count_of(log(), text) >= count || has_ended;
  });
  return is_decided && (!has_ended || count_of(log(), text) >= count);
}

int RelayProcess::wait(std::chrono::milliseconds limit) {
  const std::optional<int> exit_code = process_.wait(limit);
  if (exit_code) return *exit_code;
  throw std::runtime_error("the relay goes on after " + std::to_string(limit.count()) +
                           " ms; it said:\n" + log());
}

}  // namespace relay
