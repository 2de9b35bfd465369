// A strict reader of Prometheus' text format 0.0.4, written from its description, for tests: it
// takes nothing that a scraper may refuse.
//
//   text   = { help type { sample } }
//   help   = "# HELP " name " " text LF
//   type   = "# TYPE " name " " ("counter" | "gauge" | "histogram") LF
//   sample = name [ "{" label { "," label } "}" ] " " number LF
//   label  = name "=" '"' text '"'      backslash, quote and line end escaped
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

struct ExpositionSample {
  std::string name;  // With _bucket, _sum or _count for histograms.
  std::map<std::string, std::string> labels;
  double value = 0;
};

struct ExpositionFamily {
  std::string name;
  std::string help;
  std::string type;
  std::vector<ExpositionSample> samples;
};

// Throws std::runtime_error with the line that is wrong. Also checks what holds between lines: a
// family stands once, a series stands once, buckets grow and end at +Inf with the count.
std::vector<ExpositionFamily> parse_exposition(std::string_view text);

}  // namespace relay
