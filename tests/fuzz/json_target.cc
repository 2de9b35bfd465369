#include <string>

#include <nlohmann/json.hpp>

#include "core/check.h"
#include "decode/json_writer.h"
#include "fuzz/targets.h"

namespace relay {
namespace {

void check_text(const std::string& text) {
  CHECK(nlohmann::json::accept(text), "what a row or a letter holds is JSON");
  CHECK(text.find('\0') == std::string::npos, "no text of PostgreSQL has a NUL");
}

}  // namespace

void fuzz_json(FuzzInput input) {
  for (const JsonForm form : {JsonForm::plain, JsonForm::extended}) {
    for (const JsonTarget target : {JsonTarget::postgresql, JsonTarget::cratedb}) {
      std::string text;
      if (append_json(input, form, target, text) == Rejection::none) check_text(text);
    }
  }
  check_text(format_dead_letter_document(input));
}

}  // namespace relay
