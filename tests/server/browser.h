// Browser: headless Chromium, told what to do over a pipe (the DevTools protocol), so that it needs
// no port. One page.
//
// Throws std::runtime_error when it cannot be started or does not answer within a minute. It and
// all its processes end with the object.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include "support/temporary_directory.h"

namespace relay {

class Browser {
 public:
  Browser();
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  void open(const std::string& url);
  void set_width(int width);
  void set_scheme(const std::string& scheme);  // "light" or "dark".

  // The value of an expression, promises awaited. Throws when it throws.
  nlohmann::json evaluate(const std::string& expression);

  // Whether the expression becomes true within a minute.
  bool becomes_true(const std::string& expression);

  // As a person at the keyboard: "Tab", "Enter", "Escape", or one character.
  void press(const std::string& key);

  // Role and name of everything that somebody who cannot see the page is told of.
  struct Spoken {
    std::string role;
    std::string name;
  };
  std::vector<Spoken> read_aloud();

  // What the page complained about so far: exceptions, refusals of its policy, failed requests.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  nlohmann::json call(const std::string& method, nlohmann::json parameters);
  nlohmann::json read_message();
  void note(const nlohmann::json& event);

  TemporaryDirectory directory_;
  pid_t pid_ = -1;
  int to_browser_ = -1;
  int from_browser_ = -1;
  std::string received_;
  std::string session_;  // Empty: calls go to the browser, not to the page.
  int last_id_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace relay
