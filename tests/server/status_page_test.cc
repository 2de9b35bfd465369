#include "server/status_page.h"

#include <array>

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(StatusPageTest, IsSmallAndWhole) {
  const StatusPage page;
  EXPECT_LT(page.html().size(), 60'000U);
  EXPECT_TRUE(page.html().starts_with("<!doctype html>"));
  EXPECT_EQ(page.html().find("/*STYLE*/"), std::string::npos);
  EXPECT_EQ(page.html().find("/*SCRIPT*/"), std::string::npos);
  EXPECT_NE(page.html().find("prefers-color-scheme: dark"), std::string::npos);
}

TEST(StatusPageTest, LoadsNothingFromElsewhere) {
  const StatusPage page;
  std::string html = page.html();
  const std::string svg = "http://www.w3.org/2000/svg";  // A name, not an address.
  while (html.find(svg) != std::string::npos)
    html.erase(html.find(svg), svg.size());
  for (const char* word : {"http:", "https:", "//cdn", " src=", "@import", "url(", "integrity="})
    EXPECT_EQ(html.find(word), std::string::npos) << word;
}

// Text from the outside never becomes markup.
TEST(StatusPageTest, TheScriptWritesNoMarkup) {
  const StatusPage page;
  for (const char* word :
       {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "onclick="})
    EXPECT_EQ(page.html().find(word), std::string::npos) << word;
}

TEST(StatusPageTest, ThePolicyAllowsItsOwnScriptAlone) {
  const StatusPage page;
  const std::string& policy = page.content_security_policy();
  EXPECT_TRUE(policy.starts_with("default-src 'none'; ")) << policy;
  EXPECT_NE(policy.find("script-src 'sha256-"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(policy.find('\0'), std::string::npos);
}

}  // namespace
}  // namespace relay
