#include "server/status_page.h"

#include <sodium.h>
#include <string_view>

#include "core/check.h"
#include "page/status.h"

namespace relay {
namespace {

void fill(std::string& html, std::string_view mark, std::string_view text) {
  const std::size_t at = html.find(mark);
  CHECK(at != std::string::npos, "the page has a place for its style and its script");
  html.replace(at, mark.size(), text);
}

// As a policy names a text: 'sha256-...'.
std::string source_of(std::string_view text) {
  std::string hash(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                     reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string base64(sodium_base64_ENCODED_LEN(crypto_hash_sha256_BYTES, kVariant), '\0');
  sodium_bin2base64(base64.data(),
                    base64.size(),
                    reinterpret_cast<const unsigned char*>(hash.data()),
                    hash.size(),
                    kVariant);
  base64.pop_back();  // The length counts the NUL.
  return "'sha256-" + base64 + "'";
}

}  // namespace

StatusPage::StatusPage()
    : html_(page::status_html),
      policy_("default-src 'none'; connect-src 'self'; img-src data:; style-src " +
              source_of(page::status_css) + "; script-src " + source_of(page::status_js) +
              "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'") {
  fill(html_, "/*STYLE*/", page::status_css);
  fill(html_, "/*SCRIPT*/", page::status_js);
}

}  // namespace relay
