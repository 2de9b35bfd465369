// WorkloadWrite: one operation of a workload, as BSON.
#pragma once

#include <cstdint>
#include <string>

#include "core/change_event.h"

namespace relay {

struct WorkloadWrite {
  OperationType operation = OperationType::insert;  // insert, update, replace or delete_.
  std::uint32_t collection = 0;                     // Index into collections_of(profile).
  std::string key;                                  // {_id: ...}: the filter.
  std::string body;  // insert, replace: the document. update: its operators. delete_: empty.
};

}  // namespace relay
