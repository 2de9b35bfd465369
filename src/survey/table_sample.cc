#include "survey/table_sample.h"

#include <algorithm>
#include <utility>

#include "decode/json_value.h"
#include "decode/json_writer.h"
#include "decode/key_text.h"

namespace relay {
namespace {

// About a batch (target.batch_rows, target.batch_bytes as they are by default).
constexpr std::size_t kHeldMax = 5'000;
constexpr std::size_t kHeldBytesMax = 8U << 20U;

// A document's, and a wrapper at its bottom.
constexpr std::size_t kOverflowDepthMax = kDepthMax + 10;

// Wrappers of Extended JSON, and what is no object, end a path.
bool is_inner(const JsonValue& value) {
  return value.kind == JsonValue::Kind::object && !value.members.empty() &&
         std::ranges::none_of(value.members,
                              [](const JsonMember& each) { return each.name.starts_with('$'); });
}

void list_fields(const JsonValue& value, const std::string& path, std::set<std::string>& fields) {
  for (const JsonMember& member : value.members) {
    const std::string inside = path.empty() ? member.name : path + "." + member.name;
    if (is_inner(member.value)) {
      list_fields(member.value, inside, fields);
    } else {
      fields.insert(inside);
    }
  }
}

}  // namespace

TableSample::TableSample(const TableMapping& mapping,
                         TargetKind target,
                         const std::vector<SubColumn>& known)
    : mapping_(mapping), encoder_(mapping, target), fields_(mapping.exclude, mapping.json, target) {
  if (!known.empty()) encoder_.set_sub_columns(known);
}

RowOutcome TableSample::encode(const std::string& key, RawDocument document) {
  RowBlock block = encoder_.make_upserts();
  if (mapping_.mode == MappingMode::mirror) return encoder_.add_upsert(key, document, block);
  const std::string position = "snapshot:" + key;
  return encoder_.add_event(
      {.position = position, .operation = "snapshot", .document_key = {}, .document = document},
      block);
}

void TableSample::add(RawDocument document) {
  std::string key;
  if (!append_key_text(document, key)) {
    ++facts_.documents;
    ++facts_.rejections[std::string(format_rejection(Rejection::malformed))];
    return;
  }
  if (!keys_.insert(key).second) return;
  ++facts_.documents;
  if (!encoder_.wants(document)) {
    ++facts_.unwanted;
    return;
  }
  if (!encoder_.is_learning()) return take(key, document);
  encoder_.learn(document);
  held_.push_back({std::move(key), {document.begin(), document.end()}});
  held_bytes_ += document.size();
  if (held_.size() >= kHeldMax || held_bytes_ >= kHeldBytesMax) settle();
}

void TableSample::settle() {
  for (const Held& each : std::exchange(held_, {}))
    take(each.key, each.document);
}

void TableSample::take(const std::string& key, RawDocument document) {
  const RowOutcome outcome = encode(key, document);
  if (outcome.is_added()) {
    note_overflow();
    encoder_.end_batch();
  }
  if (outcome.rejection != Rejection::none)
    ++facts_.rejections[std::string(format_rejection(outcome.rejection))];
  // A document that no JSON can hold says nothing about columns; one that merely does not fit the
  // columns there are does.
  switch (outcome.rejection) {
    case Rejection::duplicate_key:
    case Rejection::invalid_name:
    case Rejection::too_deep:
    case Rejection::malformed:
      return;
    case Rejection::none:
    case Rejection::misfit:
    case Rejection::key_misfit:
    case Rejection::key_too_long:
      break;
  }
  fields_.add(document);
}

void TableSample::note_overflow() {
  if (encoder_.last_overflow().empty()) return;
  const std::optional<JsonValue> overflow = parse_json(encoder_.last_overflow(), kOverflowDepthMax);
  if (!overflow) return;
  std::set<std::string> fields;
  list_fields(*overflow, "", fields);
  for (const std::string& field : fields) {
    const bool is_known = facts_.overflow_fields.contains(field);
    if (is_known || facts_.overflow_fields.size() < FieldStatistics::kNamesMax)
      ++facts_.overflow_fields[field];
  }
}

SampleFacts TableSample::facts() {
  settle();
  SampleFacts facts = facts_;
  facts.fields = fields_.fields();
  facts.has_more_names = fields_.has_more_names();
  facts.sub_columns = encoder_.sub_column_count();
  facts.has_room_for_columns = encoder_.has_room_for_columns();
  const auto misfits = encoder_.misfits();
  for (std::size_t i = 0; i < misfits.size(); ++i) {
    if (misfits[i] == 0) continue;
    auto& counts = i < mapping_.columns.size() ? facts.misfits : facts.overflow_values;
    counts[encoder_.misfit_column(i)] = misfits[i];
  }
  return facts;
}

}  // namespace relay
