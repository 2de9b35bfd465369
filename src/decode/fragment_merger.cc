#include "decode/fragment_merger.h"

#include <utility>

#include "decode/event_decoder.h"

namespace relay {
namespace {

template <class Bytes>
void take(Bytes& into, const Bytes& from) {
  if (!from.empty()) into = from;
}

void take(NamespaceView& into, const NamespaceView& from) {
  if (from != NamespaceView()) into = from;
}

// A field is in one fragment; the others have it empty.
void take_fields(ChangeEvent& into, const ChangeEvent& fragment) {
  if (!fragment.operation_name.empty()) into.operation = fragment.operation;
  take(into.operation_name, fragment.operation_name);
  into.token = fragment.token;
  if (!fragment.cluster_time.is_zero()) into.cluster_time = fragment.cluster_time;
  if (fragment.wall_time_ms != 0) into.wall_time_ms = fragment.wall_time_ms;
  take(into.ns, fragment.ns);
  take(into.to, fragment.to);
  take(into.document_key, fragment.document_key);
  take(into.full_document, fragment.full_document);
  take(into.update_description, fragment.update_description);
  take(into.transaction_session, fragment.transaction_session);
  if (fragment.transaction_number != 0) into.transaction_number = fragment.transaction_number;
  into.fragment = fragment.fragment;
  into.fragment_count = fragment.fragment_count;
}

}  // namespace

Result<std::optional<ChangeEvent>> FragmentMerger::add(const ChangeEvent& event) {
  if (event.fragment_count == 0) {
    merged_ = {};
    return std::optional<ChangeEvent>(event);
  }
  if (event.fragment == 1) merged_ = {};
  const bool follows = event.fragment == merged_.fragment + 1 &&
                       (event.fragment == 1 || event.fragment_count == merged_.fragment_count);
  if (!follows) {
    merged_ = {};
    return Error{ErrorKind::bad_document, "merge fragments of a change event: one is missing", ""};
  }
  take_fields(merged_, event);
  if (merged_.fragment < merged_.fragment_count) return std::optional<ChangeEvent>();
  ChangeEvent whole = std::exchange(merged_, {});
  whole.fragment = 0;
  whole.fragment_count = 0;
  const Status checked = check_whole(whole);
  if (!checked.ok()) return checked.error();
  return std::optional<ChangeEvent>(whole);
}

}  // namespace relay
