// Problems: everything wrong with the settings of a run, so that one start reports all of it.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"

namespace relay {

class Problems {
 public:
  // `text` is one line that names its place.
  void add(std::string text) { lines_.push_back(std::move(text)); }

  [[nodiscard]] bool empty() const { return lines_.empty(); }

  // One problem a line, kShownMax at most, then how many more there are.
  [[nodiscard]] Error to_error() const;

  static constexpr std::size_t kShownMax = 20;

 private:
  std::vector<std::string> lines_;
};

}  // namespace relay
