// How far the comparison of a table is, for whoever watches.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace relay {

struct CheckProgress {
  enum class Step : std::uint8_t {
    copy,    // The table is being copied, and is looked at when that is over.
    scan,    // Both sides are read.
    narrow,  // What differs is read again with its keys.
    relay,   // The relay is to pass the time of a look.
    look,    // Keys in dispute are looked at again.
  };
  Step step = Step::scan;
  std::string table{};  // "schema.table".
  std::uint64_t documents = 0;
  std::uint64_t rows = 0;
  std::uint64_t documents_estimated = 0;  // Of the whole table; 0: not known.
  std::uint64_t disputes = 0;
};

using ShowProgress = std::function<void(const CheckProgress& progress)>;

}  // namespace relay
