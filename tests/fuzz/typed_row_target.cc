#include <optional>
#include <string>

#include "core/check.h"
#include "decode/key_text.h"
#include "decode/row_encoder.h"
#include "fuzz/targets.h"

namespace relay {
namespace {

TableMapping make_mapping(Evolve evolve, JsonForm json) {
  TableMapping mapping;
  mapping.evolve = evolve;
  mapping.json = json;
  mapping.exclude = {{"x"}, {"fullDocument", "x"}, {"a", "b", "c"}};
  mapping.where = {{.path = {"a"}, .comparison = Comparison::exists, .values = {true}}};
  mapping.columns.push_back({.name = "id", .path = {"_id"}, .is_key = true});
  // Short names, and those of the documents that it begins with.
  for (const char* field : {"a", "s", "fullDocument", "documentKey", "wallTime", "ns"}) {
    for (int type = 0; type <= static_cast<int>(TypeName::json); ++type) {
      for (const bool is_array : {false, true}) {
        const std::string name =
            field + std::string("_") + std::to_string(type) + (is_array ? "s" : "");
        mapping.columns.push_back(
            {.name = name,
             .path = {field},
             .type = {.name = static_cast<TypeName>(type), .is_array = is_array}});
      }
    }
  }
  mapping.columns.push_back({.name = "below", .path = {"a", "b"}});
  return mapping;
}

void encode(RowEncoder& encoder, FuzzInput input) {
  RowBlock upserts = encoder.make_upserts();
  RowBlock removals = encoder.make_removals();
  std::string key;
  if (!append_key_text(input, key)) key = "none";
  static_cast<void>(encoder.wants(input));
  const RowOutcome outcome = encoder.add_upsert(key, input, upserts);
  CHECK(upserts.row_count() == (outcome.is_added() ? 1U : 0U), "a row is added, or nothing is");
  CHECK(outcome.needs_column == !encoder.take_new_columns().empty(), "a need has a column");
  static_cast<void>(encoder.add_removal(key, input, 0, removals));
  static_cast<void>(encoder.format_letter(input));
  upserts.seal();
  removals.seal();
}

}  // namespace

void fuzz_typed_row(FuzzInput input) {
  // Used again for every input, as the relay does.
  static const TableMapping kFixed = make_mapping(Evolve::off, JsonForm::plain);
  static const TableMapping kGrowing = make_mapping(Evolve::add, JsonForm::extended);
  static RowEncoder fixed(kFixed, JsonTarget::postgresql);
  static RowEncoder crate(kFixed, JsonTarget::cratedb);
  static RowEncoder growing(kGrowing, JsonTarget::postgresql);
  for (RowEncoder* encoder : {&fixed, &crate, &growing})
    encode(*encoder, input);
}

}  // namespace relay
