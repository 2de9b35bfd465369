#include "cli/dead_letter_text.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "cli/text_table.h"
#include "core/utf8.h"

namespace relay {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kKeyBytesShown = 40;

std::string shorten(const std::string& text) {
  if (text.size() <= kKeyBytesShown) return text;
  return std::string(cut_text(text, kKeyBytesShown)) + "...";
}

// Numbers where the target has numbers.
Json id_json(const StoredLetter& letter) {
  const Result<std::int64_t> number = parse_letter_number(letter.id);
  return number.ok() ? Json(number.value()) : Json(letter.id);
}

Json to_json(const StoredLetter& letter) {
  Json json = {{"id", id_json(letter)},
               {"stream", letter.stream},
               {"tbl", letter.table},
               {"doc_key", letter.doc_key},
               {"reason", letter.reason},
               {"detail", letter.detail},
               {"operation", letter.operation},
               {"position", letter.position},
               {"created_at", letter.created_at}};
  json["closed_at"] = letter.closed_at.empty() ? Json() : Json(letter.closed_at);
  return json;
}

std::string count_line(const LetterList& list) {
  const std::string kind = list.filter.includes_closed ? "" : "open ";
  if (list.total == 0) return "no " + kind + "dead letters\n";
  const std::string total = std::to_string(list.total);
  if (list.letters.size() < list.total) {
    return std::to_string(list.letters.size()) + " of " + total + " " + kind +
           "dead letters, the newest; --limit shows more\n";
  }
  return total + " " + kind + "dead letter" + (list.total == 1 ? "" : "s") + "\n";
}

}  // namespace

std::string render_letters_text(const LetterList& list) {
  if (list.letters.empty()) return count_line(list);
  std::vector<TextRow> rows = {{"ID", "TABLE", "REASON", "OPERATION", "CREATED"}};
  if (list.filter.includes_closed) rows.front().emplace_back("CLOSED");
  rows.front().insert(rows.front().end(), {"KEY", "DETAIL"});
  for (const StoredLetter& letter : list.letters) {
    TextRow row = {printable(letter.id),
                   printable(letter.table),
                   letter.reason,
                   letter.operation,
                   letter.created_at};
    if (list.filter.includes_closed)
      row.push_back(letter.closed_at.empty() ? "-" : letter.closed_at);
    row.push_back(printable(shorten(letter.doc_key)));
    row.push_back(printable(letter.detail));
    rows.push_back(std::move(row));
  }
  return align_rows(rows) + count_line(list);
}

std::string render_letters_json(const LetterList& list) {
  Json letters = Json::array();
  for (const StoredLetter& letter : list.letters)
    letters.push_back(to_json(letter));
  return Json({{"total", list.total}, {"letters", std::move(letters)}}).dump() + "\n";
}

std::string render_letter_text(const StoredLetter& letter) {
  const std::vector<TextRow> rows = {
      {"id", printable(letter.id)},
      {"stream", printable(letter.stream)},
      {"table", printable(letter.table)},
      {"key", printable(letter.doc_key)},
      {"reason", letter.reason},
      {"detail", printable(letter.detail)},
      {"operation", letter.operation},
      {"position", printable(letter.position)},
      {"created", letter.created_at},
      {"closed", letter.closed_at.empty() ? "no" : letter.closed_at},
  };
  return align_rows(rows) + "\n" + printable(letter.document) + "\n";
}

std::string render_letter_json(const StoredLetter& letter) {
  Json json = to_json(letter);
  // As text: it may have a name twice, which is why it is here.
  json["document"] = letter.document;
  return json.dump() + "\n";
}

}  // namespace relay
