#include "cli/report_error.h"

#include <iostream>
#include <string_view>

#include "core/error_policy.h"

namespace relay {

std::string format_error(const Error& error) {
  std::string text;
  std::string_view rest = error.message;
  do {
    const std::size_t end = rest.find('\n');
    text.append("error: ").append(rest.substr(0, end)).push_back('\n');
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  } while (!rest.empty());
  const std::string_view hint = error.hint.empty() ? policy_for(error.kind).hint : error.hint;
  if (!hint.empty()) text.append("try: ").append(hint).push_back('\n');
  return text;
}

ExitCode report_error(const Error& error) {
  std::cerr << format_error(error) << std::flush;
  return policy_for(error.kind).exit;
}

}  // namespace relay
