#include <string>
#include <vector>

#include "decode/change_cutter.h"
#include "decode/event_decoder.h"
#include "decode/fragment_merger.h"
#include "decode/row_encoder.h"
#include "fuzz/targets.h"

namespace relay {
namespace {

void use(const ChangeEvent& event, FragmentMerger& merger) {
  static const std::vector<FieldPath> kExcluded = {{"a"}, {"b", "c"}, {"$x", "0"}};
  static const PathTree kTree({}, kExcluded);
  static_cast<void>(makes_collection(event));
  static_cast<void>(cut_update_description(event.update_description, kTree.root()));
  static_cast<void>(merger.add(event));
  TableMapping mapping;
  mapping.mode = MappingMode::append;
  mapping.exclude = kExcluded;
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  const std::string position = format_token(event.token);
  const std::string ns = format_namespace(event.ns);
  static_cast<void>(encoder.add_event({.position = position,
                                       .cluster_time = event.cluster_time,
                                       .wall_time_ms = event.wall_time_ms,
                                       .operation = event.operation_name,
                                       .name_space = ns,
                                       .document_key = event.document_key,
                                       .document = event.full_document,
                                       .change = event.update_description},
                                      block));
  block.seal();
}

}  // namespace

// The bytes are an event, and an array of events.
void fuzz_event(FuzzInput input) {
  FragmentMerger merger;
  const Result<ChangeEvent> single = decode_event(input);
  if (single.ok()) use(single.value(), merger);
  EventWalker walker(input);
  for (;;) {
    const Result<std::optional<RawDocument>> next = walker.next();
    if (!next.ok() || !next.value()) break;
    const Result<ChangeEvent> event = decode_event(*next.value());
    if (event.ok()) use(event.value(), merger);
  }
}

}  // namespace relay
