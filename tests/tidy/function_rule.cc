#include "tidy/function_rule.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace relay {
namespace {

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::size_t after(const std::string& text, std::string_view end, std::size_t from) {
  const std::size_t found = text.find(end, from);
  return found == std::string::npos ? text.size() : found + end.size();
}

std::size_t end_of_directive(const std::string& text, std::size_t begin) {
  std::size_t end = begin;
  do {
    end = after(text, "\n", end);
  } while (end >= 2 && end < text.size() && text[end - 2] == '\\');
  return end;
}

std::size_t end_of_quotation(const std::string& text, std::size_t begin) {
  const char quote = text[begin];
  std::size_t i = begin + 1;
  while (i < text.size() && text[i] != quote && text[i] != '\n')
    i += text[i] == '\\' ? 2U : 1U;
  return std::min(i + 1, text.size());
}

// Where the comment, quotation or preprocessor line that begins at `begin` ends, exclusive; `begin`
// when none begins there.
std::size_t end_of_skipped(const std::string& text, std::size_t begin) {
  const std::string_view rest = std::string_view(text).substr(begin);
  const bool is_line_begin = begin == 0 || text[begin - 1] == '\n';
  if (is_line_begin && rest.front() == '#') return end_of_directive(text, begin);
  if (rest.starts_with("//")) return std::min(text.find('\n', begin), text.size());
  if (rest.starts_with("/*")) return after(text, "*/", begin + 2);
  if (rest.starts_with("R\"")) {
    const std::size_t open = std::min(text.find('(', begin), text.size());
    return after(text, ")" + text.substr(begin + 2, open - begin - 2) + "\"", open);
  }
  // The one in 1'000 separates digits.
  const bool is_separator = begin > 0 && is_word_character(text[begin - 1]);
  if (rest.front() == '"' || (rest.front() == '\'' && !is_separator))
    return end_of_quotation(text, begin);
  return begin;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

std::string_view without_template(std::string_view head) {
  if (!head.starts_with("template")) return head;
  int depth = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '<') ++depth;
    if (head[i] == '>' && --depth == 0) return trim(head.substr(i + 1));
  }
  return head;
}

enum class Block { scope, function, other };

// `head` is what stands between the end of the previous declaration and the brace.
Block judge_block(std::string_view head) {
  // `name_{` in a list of initializers; a body has a blank before its brace.
  if (head.empty() || head.back() != ' ') return Block::other;
  head = trim(head);
  for (const std::string_view access : {"public:", "private:", "protected:"}) {
    if (head.starts_with(access)) head = trim(head.substr(access.size()));
  }
  head = without_template(head);
  for (const std::string_view word : {"namespace", "class", "struct", "union", "enum", "extern"}) {
    if (head.starts_with(word) &&
        (head.size() == word.size() || !is_word_character(head[word.size()]))) {
      return Block::scope;
    }
  }
  const bool is_value = head.ends_with('=');  // Of a table.
  return is_value || head.find('(') == std::string_view::npos ? Block::other : Block::function;
}

class FunctionFinder {
 public:
  explicit FunctionFinder(const std::string& path) : path_(path) {}

  Problems run(const std::string& code) {
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i] == '\n') ++line_;
      if (code[i] == '{') open(std::string_view(code).substr(head_, i - head_), i);
      if (code[i] == '}' && !blocks_.empty()) close(i);
      if (code[i] == ';' && is_outside()) head_ = i + 1;
    }
    return problems_;
  }

 private:
  struct OpenBlock {
    Block kind;
    std::size_t line;
  };

  // Of functions and of tables, where every brace is of no interest.
  bool is_outside() const { return blocks_.empty() || blocks_.back().kind == Block::scope; }

  void open(std::string_view head, std::size_t at) {
    blocks_.push_back({is_outside() ? judge_block(head) : Block::other, line_});
    if (blocks_.back().kind == Block::scope) head_ = at + 1;
  }

  void close(std::size_t at) {
    const OpenBlock block = blocks_.back();
    blocks_.pop_back();
    if (block.kind != Block::other) head_ = at + 1;
    const std::size_t lines = line_ - block.line + 1;
    if (block.kind != Block::function || lines <= kFunctionLinesMax) return;
    problems_.push_back(path_ + ":" + std::to_string(block.line) + ": a function of " +
                        std::to_string(lines) + " lines, more than 70");
  }

  const std::string& path_;
  Problems problems_;
  std::vector<OpenBlock> blocks_;
  std::size_t line_ = 1;
  std::size_t head_ = 0;  // Where the current declaration begins.
};

}  // namespace

std::string blank_comments_and_quotes(const std::string& text) {
  std::string result = text;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_skipped(text, i);
    for (std::size_t j = i; j < end; ++j) {
      if (result[j] != '\n') result[j] = ' ';
    }
    i = std::max(end, i + 1);
  }
  return result;
}

Problems check_functions(const std::string& path, const std::string& text) {
  return FunctionFinder(path).run(blank_comments_and_quotes(text));
}

}  // namespace relay
