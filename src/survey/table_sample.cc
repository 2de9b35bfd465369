#include "survey/table_sample.h"

#include <utility>

#include "decode/json_writer.h"
#include "decode/key_text.h"

namespace relay {

TableSample::TableSample(const TableMapping& mapping)
    : mapping_(mapping),
      encoder_(mapping, JsonTarget::postgresql),
      fields_(mapping.exclude, mapping.json) {}

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
  const RowOutcome outcome = encode(key, document);
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

SampleFacts TableSample::facts() const {
  SampleFacts facts = facts_;
  facts.fields = fields_.fields();
  facts.has_more_names = fields_.has_more_names();
  const auto misfits = encoder_.misfits();
  for (std::size_t i = 0; i < misfits.size(); ++i) {
    if (misfits[i] > 0) facts.misfits[encoder_.misfit_column(i)] = misfits[i];
  }
  return facts;
}

}  // namespace relay
