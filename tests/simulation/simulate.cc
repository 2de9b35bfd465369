// simulate: random lives of a simulated world, one a seed.
//
//   simulate --seed 17           one life
//   simulate --seeds 1..20000    many
//
// Ends with 1 at the first life that goes wrong, and prints what it was and how to repeat it. The
// line that it asks for belongs into tests/simulation/regressions.
#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

#include "observe/log.h"
#include "simulation/random_life.h"

namespace relay {
namespace {

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

std::optional<Seeds> read_seeds(std::string_view flag, std::string_view value) {
  const std::size_t dots = value.find("..");
  const bool is_range = flag == "--seeds" && dots != std::string_view::npos;
  if (!is_range && flag != "--seed") return std::nullopt;
  const std::optional<std::uint64_t> first =
      read_number(value.substr(0, is_range ? dots : value.size()));
  const std::optional<std::uint64_t> last = is_range ? read_number(value.substr(dots + 2)) : first;
  if (!first || !last || *first > *last) return std::nullopt;
  return Seeds{*first, *last};
}

// What to print when a CHECK ends the program in the middle of a life.
std::array<char, 128> advice{};
int advice_size = 0;

void give_advice(int /*signal*/) {
  static_cast<void>(!write(STDERR_FILENO, advice.data(), static_cast<std::size_t>(advice_size)));
}

void prepare_advice(std::uint64_t seed) {
  advice_size = std::snprintf(
      advice.data(),
      advice.size(),
      "repeat with: simulate --seed %llu; and add it to tests/simulation/regressions\n",
      static_cast<unsigned long long>(seed));
}

int run(const Seeds& seeds) {
  std::signal(SIGABRT, give_advice);
  // Of one life the log is what one wants to see.
  const bool is_one = seeds.first == seeds.last;
  if (!is_one) set_log_level(LogLevel::error);
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    prepare_advice(seed);
    const std::string trouble = is_one ? live_traced(seed) : live(seed);
    if (trouble.empty()) continue;
    std::fprintf(stderr, "%s\n", trouble.c_str());
    give_advice(SIGABRT);
    return 1;
  }
  std::printf("%llu lives, all tables equal\n",
              static_cast<unsigned long long>(seeds.last - seeds.first + 1));
  return 0;
}

}  // namespace
}  // namespace relay

int main(int argc, char** argv) {
  const std::optional<relay::Seeds> seeds =
      argc == 3 ? relay::read_seeds(argv[1], argv[2]) : std::nullopt;
  if (seeds) return relay::run(*seeds);
  std::fputs("usage: simulate --seed N | --seeds FIRST..LAST\n", stderr);
  return 2;
}
