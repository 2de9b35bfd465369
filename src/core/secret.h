// Secret: text that must not reach a log, a metric or an error. There is no operator<< on purpose.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace relay {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  // Only for handing the text to the driver that needs it.
  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

// A connection string with its password, and every option that holds one, replaced by ***.
std::string format_uri_redacted(std::string_view uri);

}  // namespace relay
