#include "tidy/text_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace relay {
namespace {

// In halves, or this file would break its own rule.
constexpr std::array<std::string_view, 3> kForbiddenWords = {
    "TO"
    "DO",
    "FIX"
    "ME",
    "XX"
    "X"};

std::string at(const std::string& path, std::size_t line, const std::string& what) {
  return path + ":" + std::to_string(line) + ": " + what;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool has_whole_word(std::string_view line, std::string_view word) {
  for (std::size_t i = line.find(word); i != std::string_view::npos; i = line.find(word, i + 1)) {
    const std::size_t end = i + word.size();
    const bool is_begin = i == 0 || !is_word_character(line[i - 1]);
    const bool is_end = end == line.size() || !is_word_character(line[end]);
    if (is_begin && is_end) return true;
  }
  return false;
}

}  // namespace

Problems check_length(const std::string& path, const std::string& text) {
  const std::size_t lines = split_lines(text).size();
  if (lines <= kFileLinesMax) return {};
  return {at(path, kFileLinesMax + 1, std::to_string(lines) + " lines, more than 400")};
}

Problems check_characters(const std::string& path, const std::string& text) {
  Problems problems;
  std::size_t number = 0;
  for (const std::string_view line : split_lines(text)) {
    ++number;
    const auto is_foreign = [](char c) { return c < ' ' || c > '~'; };
    if (line.find('\t') != std::string_view::npos) {
      problems.push_back(at(path, number, "tab"));
    } else if (std::any_of(line.begin(), line.end(), is_foreign)) {
      problems.push_back(at(path, number, "a character that is not printable ASCII"));
    }
  }
  if (!text.ends_with('\n')) problems.push_back(at(path, number, "no line end at the end"));
  return problems;
}

Problems check_words(const std::string& path, const std::string& text) {
  Problems problems;
  std::size_t number = 0;
  for (const std::string_view line : split_lines(text)) {
    ++number;
    for (const std::string_view word : kForbiddenWords) {
      if (has_whole_word(line, word)) problems.push_back(at(path, number, std::string(word)));
    }
  }
  return problems;
}

Problems check_header(const std::string& path, const std::string& text) {
  Problems problems;
  if (!text.starts_with("// "))
    problems.push_back(at(path, 1, "no comment that says what the file is for"));
  const auto lines = split_lines(text);
  const auto code = std::find_if(lines.begin(), lines.end(), [](std::string_view line) {
    return !line.empty() && !line.starts_with("//");
  });
  if (code == lines.end() || *code != "#pragma once") {
    problems.push_back(at(path, 1, "#pragma once is not the first line after the comment"));
  }
  return problems;
}

Problems check_markdown(const std::string& path, const std::string& text) {
  bool is_code = false;
  std::size_t number = 0;
  std::size_t titles = 0;
  for (const std::string_view line : split_lines(text)) {
    ++number;
    if (line.starts_with("```")) is_code = !is_code;
    if (is_code || !line.starts_with("# ")) continue;
    ++titles;
    if (titles > 1) return {at(path, number, "a second title")};
  }
  if (titles == 1) return {};
  return {at(path, 1, "no title")};
}

}  // namespace relay
