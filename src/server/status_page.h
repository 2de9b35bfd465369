// The status page: one HTML text with everything in it, made from the files in server/page/.
//
// Its policy allows nothing but this very style and this very script, by their hashes, so a name of
// a collection that found a way into the page could still not run.
#pragma once

#include <string>

namespace relay {

class StatusPage {
 public:
  StatusPage();

  [[nodiscard]] const std::string& html() const { return html_; }
  [[nodiscard]] const std::string& content_security_policy() const { return policy_; }

 private:
  std::string html_;
  std::string policy_;
};

}  // namespace relay
