#include "config/problems.h"

#include <algorithm>

namespace relay {

Error Problems::to_error() const {
  Error error{ErrorKind::config_invalid, "", ""};
  const std::size_t shown = std::min(lines_.size(), kShownMax);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) error.message.push_back('\n');
    error.message += lines_[i];
  }
  if (lines_.size() > shown) {
    error.message += "\nand " + std::to_string(lines_.size() - shown) + " more";
  }
  return error;
}

}  // namespace relay
