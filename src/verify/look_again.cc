#include "verify/look_again.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "decode/json_writer.h"
#include "decode/key_parse.h"
#include "decode/key_text.h"

namespace relay {
namespace {

// A document that changes all the time is caught between two changes sooner or later, unless it
// changes about as fast as it can be read.
constexpr int kRoundsMax = 20;

constexpr std::size_t kKeysAtOnce = 1'000;

std::vector<Dispute*> open_ones(std::vector<Dispute>& disputes) {
  std::vector<Dispute*> open;
  for (Dispute& dispute : disputes) {
    if (dispute.verdict == Verdict::open) open.push_back(&dispute);
  }
  return open;
}

// Calls `use` with up to kKeysAtOnce disputes at a time.
template <class Use>
Status for_each_piece(std::span<Dispute* const> all, const Use& use) {
  for (std::size_t first = 0; first < all.size(); first += kKeysAtOnce) {
    if (Status used = use(all.subspan(first, std::min(kKeysAtOnce, all.size() - first)));
        !used.ok())
      return used;
  }
  return ok_status();
}

}  // namespace

Result<RelayWait::Outcome> LookAgain::run(std::vector<Dispute>& disputes) {
  // A key that no document can have needs no second look: neither has the relay written it.
  for (Dispute& dispute : disputes) {
    if (dispute.id.empty()) dispute.verdict = Verdict::extra;
  }
  Result<RelayWait::Outcome> outcome = RelayWait::Outcome::passed;
  for (int round = 0; round < kRoundsMax; ++round) {
    const Open open = open_ones(disputes);
    if (open.empty()) break;
    // The first look settles what was on its way; a difference needs another one.
    outcome = look(open, round == 0 ? RelayWait::Reach::at : RelayWait::Reach::beyond);
    if (!outcome.ok()) return outcome;
  }
  if (Status found = find_letters(disputes); !found.ok()) return found.error();
  return outcome;
}

Result<RelayWait::Outcome> LookAgain::look(const Open& open, RelayWait::Reach reach) {
  show_(Step::looking, open.size());
  if (Status fresh = links_.sides.refresh(); !fresh.ok()) return fresh.error();
  if (Status looked = look_at_source(open, &Look::before); !looked.ok()) return looked.error();
  const Result<ClusterTime> seen = links_.source.current_time();
  if (!seen.ok()) return seen.error();
  show_(Step::waiting, open.size());
  const Result<RelayWait::Outcome> outcome = links_.wait.until(seen.value(), reach);
  if (!outcome.ok()) return outcome;
  show_(Step::looking, open.size());
  if (Status looked = look_at_target(open); !looked.ok()) return looked.error();
  if (Status looked = look_at_source(open, &Look::after); !looked.ok()) return looked.error();
  const Bringer bringer =
      outcome.value() == RelayWait::Outcome::passed ? Bringer::relay : Bringer::nobody;
  for (Dispute* dispute : open)
    judge(*dispute, bringer);
  return outcome;
}

Status LookAgain::look_at_source(const Open& open, Side Look::* part) {
  return for_each_piece(open, [&](std::span<Dispute* const> piece) {
    std::vector<RawDocument> ids;
    std::unordered_map<std::string_view, Dispute*> by_text;
    for (Dispute* dispute : piece) {
      dispute->look.*part = {};
      ids.push_back(view_of_bytes(dispute->id));
      by_text.emplace(dispute->text, dispute);
    }
    std::string text;
    return links_.sides.source().look(ids, [&](const SourceRow& row) {
      text.clear();
      if (!append_key_text(row.document, text)) text = format_dead_letter_document(row.document);
      const auto found = by_text.find(text);
      if (found != by_text.end()) found->second->look.*part = row.side;
    });
  });
}

Status LookAgain::look_at_target(const Open& open) {
  return for_each_piece(open, [&](std::span<Dispute* const> piece) {
    std::vector<std::string> ids;
    std::unordered_map<std::string_view, Dispute*> by_key;
    for (Dispute* dispute : piece) {
      dispute->look.target = {};
      ids.push_back(dispute->id);
      by_key.emplace(dispute->key, dispute);
    }
    return links_.sides.target().look(
        links_.sides.source().make_keys(ids), [&](const TargetRow& row) {
          const auto found = by_key.find(row.key);
          if (found != by_key.end())
            found->second->look.target = {.state = Side::State::row, .digest = row.digest};
          return true;
        });
  });
}

// A document that cannot become a row is explained by any letter of its key, also one that somebody
// has discarded; everything else by an open one.
Status LookAgain::find_letters(std::vector<Dispute>& disputes) {
  std::vector<Dispute*> different;
  for (Dispute& dispute : disputes) {
    if (is_difference(dispute.verdict)) different.push_back(&dispute);
  }
  const std::string table = format_table(links_.sides.mapping().to);
  return for_each_piece(different, [&](std::span<Dispute* const> piece) -> Status {
    std::vector<std::string> keys;
    for (const Dispute* dispute : piece)
      keys.push_back(dispute->text);
    const Result<std::map<std::string, bool>> letters =
        links_.watch.find_letters(stream_, table, keys);
    if (!letters.ok()) return letters.error();
    for (Dispute* dispute : piece) {
      const auto letter = letters.value().find(dispute->text);
      if (letter == letters.value().end()) continue;
      const bool is_unfit = dispute->look.after.state == Side::State::unfit;
      if (letter->second || is_unfit) dispute->verdict = Verdict::letter;
    }
    return ok_status();
  });
}

}  // namespace relay
