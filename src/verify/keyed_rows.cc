#include "verify/keyed_rows.h"

#include <utility>

#include "decode/json_writer.h"
#include "decode/key_parse.h"
#include "decode/key_text.h"

namespace relay {
namespace {

std::string text_of(const std::string& id) {
  std::string text;
  if (!append_key_text(view_of_bytes(id), text))
    text = format_dead_letter_document(view_of_bytes(id));
  return text;
}

}  // namespace

void KeyedRows::add_source(const SourceRow& row) {
  if (!buckets_.has_key_of(row.key)) return;
  source_.insert_or_assign(std::string(row.key),
                           SourceEntry{.side = row.side, .id = copy_id(row.document)});
}

void KeyedRows::add_target(const TargetRow& row) {
  if (!buckets_.has_key_of(row.key)) return;
  target_.insert_or_assign(std::string(row.key),
                           TargetEntry{.digest = row.digest, .text = std::string(row.text)});
}

std::vector<Dispute> KeyedRows::take_disputes(const MakeId& make_id) {
  std::vector<Dispute> disputes;
  for (auto& [key, entry] : source_) {
    const auto row = target_.find(key);
    if (row != target_.end()) {
      const Side target{.state = Side::State::row, .digest = row->second.digest};
      target_.erase(row);
      if (is_same(entry.side, target)) continue;
    }
    disputes.push_back({.key = key, .id = std::move(entry.id)});
    disputes.back().text = text_of(disputes.back().id);
  }
  source_.clear();
  for (auto& [key, entry] : target_) {
    std::string id = make_id(key, entry.text);
    std::string text = id.empty() ? std::move(entry.text) : text_of(id);
    disputes.push_back({.key = key, .id = std::move(id), .text = std::move(text)});
  }
  target_.clear();
  return disputes;
}

}  // namespace relay
