#include "tidy/include_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace relay {
namespace {

// Each list is words between blanks; "*" is everything.
struct FolderRule {
  std::string_view folder;
  std::string_view may_include;     // Besides itself.
  std::string_view third_parties;   // Names of kThirdParties.
  std::string_view generated = "";  // Headers that the build makes.
};

// The table of docs/architecture.md.
constexpr std::array kFolderRules = {
    FolderRule{"core", "", ""},
    FolderRule{"observe", "core", "spdlog prometheus"},
    FolderRule{"config", "core", "toml11 libsodium"},
    FolderRule{"mapping", "core", "toml11"},
    FolderRule{"source", "core observe config", "libmongoc libbson"},
    FolderRule{"decode", "core mapping", "libbson"},
    FolderRule{"plan", "core mapping", ""},
    FolderRule{"survey", "core mapping decode plan", ""},
    FolderRule{"apply", "core observe config mapping plan", "libpq libpqxx", "sql"},
    FolderRule{"checkpoint", "core", "sqlite3", "sql"},
    FolderRule{"pipeline", "core observe config mapping source decode plan apply checkpoint", ""},
    FolderRule{"verify",
               "core observe config mapping source decode plan apply checkpoint pipeline",
               "xxhash",
               "sql"},
    FolderRule{"server", "core observe pipeline", "httplib nlohmann libsodium", "page"},
    FolderRule{"workload", "core config source", "libmongoc libbson"},
    FolderRule{"cli", "*", "*", "version.h"},
};

struct ThirdParty {
  std::string_view header;  // A whole name, or with '/' at its end the folder.
  std::string_view name;
};

constexpr std::array kThirdParties = {
    ThirdParty{"mongoc/", "libmongoc"},
    ThirdParty{"mongoc.h", "libmongoc"},
    ThirdParty{"bson/", "libbson"},
    ThirdParty{"bson.h", "libbson"},
    ThirdParty{"spdlog/", "spdlog"},
    ThirdParty{"fmt/", "spdlog"},
    ThirdParty{"prometheus/", "prometheus"},
    ThirdParty{"toml.hpp", "toml11"},
    ThirdParty{"toml/", "toml11"},
    ThirdParty{"libpq-fe.h", "libpq"},
    ThirdParty{"libpq/", "libpq"},
    ThirdParty{"pqxx/", "libpqxx"},
    ThirdParty{"sqlite3.h", "sqlite3"},
    ThirdParty{"xxhash.h", "xxhash"},
    ThirdParty{"httplib.h", "httplib"},
    ThirdParty{"nlohmann/", "nlohmann"},
    ThirdParty{"sodium.h", "libsodium"},
    ThirdParty{"CLI/", "CLI11"},
};

// Of the system, allowed everywhere. Names without a dot are C++'s own.
constexpr std::array kSystemFolders = {"sys/", "arpa/", "netinet/", "linux/"};
constexpr std::string_view kSystemHeaders =
    "dirent.h fcntl.h malloc.h netdb.h poll.h pthread.h pwd.h sched.h signal.h termios.h time.h "
    "unistd.h";

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::string_view next = words.substr(0, words.find(' '));
    if (next == word || next == "*") return true;
    words.remove_prefix(std::min(words.size(), next.size() + 1));
  }
  return false;
}

struct Include {
  char opening = '"';
  std::string_view name;
};

std::optional<Include> parse_include(std::string_view line) {
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of("# \t"), line.size()));
  if (!line.starts_with("include")) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_of("\"<"), line.size()));
  const std::size_t end = line.find_first_of("\">", 1);
  if (line.empty() || end == std::string_view::npos) return std::nullopt;
  return Include{line.front(), line.substr(1, end - 1)};
}

bool is_system(std::string_view name) {
  if (name.find('.') == std::string_view::npos && name.find('/') == std::string_view::npos)
    return true;
  const auto begins_name = [&](std::string_view folder) { return name.starts_with(folder); };
  return std::any_of(kSystemFolders.begin(), kSystemFolders.end(), begins_name) ||
         has_word(kSystemHeaders, name);
}

// Empty when fine.
std::string judge_library(const FolderRule& rule, std::string_view name) {
  for (const ThirdParty& party : kThirdParties) {
    const bool is_it =
        party.header.ends_with('/') ? name.starts_with(party.header) : name == party.header;
    if (!is_it) continue;
    if (has_word(rule.third_parties, party.name)) return "";
    return std::string(rule.folder) + " may not include " + std::string(party.name);
  }
  return is_system(name) ? "" : "a header that is in no table of tests/tidy/include_rules.cc";
}

std::string judge_own(const FolderRule& rule, std::string_view name) {
  const std::size_t slash = name.find('/');
  const std::string_view folder = name.substr(0, slash);  // The whole name when there is no folder.
  if (folder == rule.folder || has_word(rule.generated, folder)) return "";
  if (slash == std::string_view::npos) return "name it with its folder";
  if (has_word(rule.may_include, folder)) return "";
  return std::string(rule.folder) + " may not include " + std::string(folder);
}

}  // namespace

Problems check_includes(const std::string& path, const std::string& text) {
  if (!path.starts_with("src/")) return {};
  const std::string folder = folder_of(path).substr(std::string_view("src").size());
  const auto rule =
      std::find_if(kFolderRules.begin(), kFolderRules.end(), [&](const FolderRule& candidate) {
        return folder.starts_with('/') && candidate.folder == std::string_view(folder).substr(1);
      });
  if (rule == kFolderRules.end()) {
    return {path + ":1: a folder that is in no table of tests/tidy/include_rules.cc"};
  }
  Problems problems;
  int number = 0;
  for (const std::string_view line : split_lines(text)) {
    ++number;
    const std::optional<Include> include = parse_include(line);
    if (!include) continue;
    const std::string verdict = include->opening == '<' ? judge_library(*rule, include->name)
                                                        : judge_own(*rule, include->name);
    if (verdict.empty()) continue;
    problems.push_back(path + ":" + std::to_string(number) + ": " + std::string(include->name) +
                       ": " + verdict);
  }
  return problems;
}

Problems check_include_targets(const SourceTree& tree) {
  Problems problems;
  for (const auto& [path, text] : tree) {
    if (!is_source(path)) continue;
    const std::string top = path.substr(0, path.find('/'));
    int number = 0;
    for (const std::string_view line : split_lines(text)) {
      ++number;
      const std::optional<Include> include = parse_include(line);
      if (!include || include->opening != '"') continue;
      const std::string name(include->name);
      const bool is_generated =
          name == "version.h" || name.starts_with("sql/") || name.starts_with("page/");
      const bool is_there = tree.contains("src/" + name) || tree.contains(top + "/" + name) ||
                            tree.contains(folder_of(path) + "/" + name);
      if (is_generated || is_there) continue;
      problems.push_back(path + ":" + std::to_string(number) + ": " + name + ": no such header");
    }
  }
  return problems;
}

}  // namespace relay
