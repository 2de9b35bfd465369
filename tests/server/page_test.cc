// The status page in a real browser: it renders, follows the relay, steers it, can be used with the
// keyboard, read aloud, and shown on a telephone, and never complains.
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "core/guarded.h"
#include "server/browser.h"
#include "server/http_server.h"
#include "support/sample_report.h"

namespace relay {
namespace {

class PageTest : public testing::Test {
 protected:
  // The browser takes a second to start, so all tests share it.
  static void SetUpTestSuite() { browser_ = std::make_unique<Browser>(); }
  static void TearDownTestSuite() { browser_.reset(); }

  void SetUp() override {
    report_.with([](RelayReport& report) {
      report = sample_report();
      report.threads.clear();
      report.state = RelayState::streaming;
      report.streams[0].tables[1].from = "shop.<b id=\"evil\">users</b>";
    });
    start("s3cret");
    browser().set_width(1'100);
    browser().set_scheme("light");
    show();
  }

  void start(const std::string& token) {
    const auto set_paused = [this](bool is_paused) {
      report_.with([&](RelayReport& report) { report.is_paused = is_paused; });
      return SteerAnswer{};
    };
    const RelayFace face{.report = [this] { return report_.copy(); },
                         .pause = [set_paused] { return set_paused(true); },
                         .resume = [set_paused] { return set_paused(false); },
                         .snapshot =
                             [this](const std::string& table) {
                               snapshots_.with([&](auto& all) { all.push_back(table); });
                               return SteerAnswer{};
                             }};
    Result<std::unique_ptr<HttpServer>> server =
        HttpServer::open({.listen = "127.0.0.1:0", .token = Secret(token)}, face, clock_);
    ASSERT_TRUE(server.ok());
    server_ = std::move(server.value());
  }

  void show() {
    browser().open("http://127.0.0.1:" + std::to_string(server_->port()) + "/");
    ASSERT_TRUE(browser().becomes_true("document.querySelectorAll('#rows tr').length === 2"));
    complaints_before_ = browser().complaints().size();
  }

  // Since the page was shown.
  [[nodiscard]] std::size_t complaint_count() const {
    return browser().complaints().size() - complaints_before_;
  }

  static std::string text_of(const std::string& id) {
    return browser().evaluate("document.getElementById('" + id + "').textContent");
  }

  static void type(const std::string& text) {
    for (const char c : text)
      browser().press({c});
  }

  static Browser& browser() { return *browser_; }

  SystemClock clock_;
  Guarded<RelayReport> report_;
  Guarded<std::vector<std::string>> snapshots_;
  std::size_t complaints_before_ = 0;
  std::unique_ptr<HttpServer> server_;

 private:
  static std::unique_ptr<Browser> browser_;
};

std::unique_ptr<Browser> PageTest::browser_;

TEST_F(PageTest, RendersWhatTheRelayReports) {
  EXPECT_EQ(text_of("state"), "streaming");
  EXPECT_EQ(text_of("version"), "0.1.0");
  EXPECT_EQ(text_of("lag"), "250 ms");
  EXPECT_EQ(text_of("runway"), "24 h 0 min");
  EXPECT_EQ(text_of("letters"), "2");
  EXPECT_EQ(text_of("letters-note"), "duplicate_key 2");
  const std::string rows = text_of("rows");
  EXPECT_NE(rows.find("sales.orders"), std::string::npos) << rows;
  EXPECT_NE(rows.find("1,200 rows of about 4,800, 25 %"), std::string::npos) << rows;
  EXPECT_EQ(browser().evaluate("document.title"), "streaming - relay");
  EXPECT_EQ(complaint_count(), 0U) << browser().complaints().back();
}

TEST_F(PageTest, NamesOfCollectionsAreTextAndNoMarkup) {
  EXPECT_NE(text_of("rows").find("shop.<b id=\"evil\">users</b>"), std::string::npos);
  EXPECT_EQ(browser().evaluate("document.getElementById('evil') === null"), true);
}

TEST_F(PageTest, FollowsTheRelay) {
  report_.with([](RelayReport& report) {
    report.state = RelayState::waiting;
    report.trouble = "connect to the target: Connection refused";
    report.streams[0].tables[0].upserts += 100'000;
    report.streams[0].tables.pop_back();
  });
  EXPECT_TRUE(browser().becomes_true("document.getElementById('state').textContent === 'waiting'"));
  EXPECT_EQ(text_of("alarm"), "connect to the target: Connection refused");
  EXPECT_EQ(browser().evaluate("document.getElementById('alarm').hidden"), false);
  EXPECT_EQ(browser().evaluate("document.querySelectorAll('#rows tr').length"), 1);
  EXPECT_NE(text_of("rows").find("100,310"), std::string::npos);
  EXPECT_TRUE(
      browser().becomes_true("document.querySelectorAll('#lag-chart polyline').length > 0"));
  EXPECT_EQ(complaint_count(), 0U) << browser().complaints().back();
}

TEST_F(PageTest, AButtonAsksForTheTokenAndSteers) {
  browser().evaluate("document.getElementById('pause').click()");
  EXPECT_EQ(browser().evaluate("document.getElementById('ask').open"), true);
  EXPECT_FALSE(report_.copy().is_paused) << "a click alone does nothing";
  browser().evaluate("document.getElementById('token').value = 's3cret'");
  browser().evaluate("document.getElementById('ask-yes').click()");
  EXPECT_TRUE(browser().becomes_true(
      "document.getElementById('state').textContent === 'streaming, paused'"));
  EXPECT_TRUE(report_.copy().is_paused);
  EXPECT_EQ(browser().evaluate("document.getElementById('pause').disabled"), true);
  EXPECT_EQ(browser().evaluate("document.getElementById('resume').disabled"), false);
  EXPECT_EQ(complaint_count(), 0U) << browser().complaints().back();
}

TEST_F(PageTest, AWrongTokenIsSaidSo) {
  browser().evaluate("document.getElementById('pause').click()");
  browser().evaluate("document.getElementById('token').value = 'guess'");
  browser().evaluate("document.getElementById('ask-yes').click()");
  EXPECT_TRUE(browser().becomes_true(
      "document.getElementById('toast').textContent.startsWith('Refused (401): ')"));
  EXPECT_FALSE(report_.copy().is_paused);
}

TEST_F(PageTest, TheKeyboardAloneTakesASnapshot) {
  browser().evaluate("document.querySelector('#rows button').focus()");
  browser().press("Enter");
  ASSERT_TRUE(browser().becomes_true("document.activeElement.id === 'token'"));
  type("s3cret");
  browser().press("Enter");
  EXPECT_TRUE(browser().becomes_true(
      "document.getElementById('toast').textContent.includes('sales.orders')"));
  EXPECT_EQ(snapshots_.copy(), std::vector<std::string>{"sales.orders"});
}

TEST_F(PageTest, EscapeLeavesTheDialogAndGoesBack) {
  browser().evaluate("document.getElementById('pause').focus()");
  browser().press("Enter");
  ASSERT_TRUE(browser().becomes_true("document.getElementById('ask').open"));
  browser().press("Escape");
  EXPECT_TRUE(browser().becomes_true("!document.getElementById('ask').open"));
  EXPECT_TRUE(browser().becomes_true("document.activeElement.id === 'pause'"));
  EXPECT_FALSE(report_.copy().is_paused);
}

TEST_F(PageTest, EverythingThatCanBeUsedHasAName) {
  report_.with(
      [](RelayReport& report) { report.streams[0].tables[0].phase = TablePhase::snapshot; });
  ASSERT_TRUE(browser().becomes_true("!document.querySelector('#rows progress').hidden"));
  std::set<std::string> roles;
  for (const Browser::Spoken& spoken : browser().read_aloud()) {
    if (spoken.role != "button" && spoken.role != "image" && spoken.role != "link" &&
        spoken.role != "progressbar" && spoken.role != "table" && spoken.role != "region")
      continue;
    roles.insert(spoken.role);
    EXPECT_NE(spoken.name, "") << spoken.role;
  }
  EXPECT_EQ(roles,
            (std::set<std::string>{"button", "image", "link", "progressbar", "region", "table"}));
}

TEST_F(PageTest, FitsATelephone) {
  report_.with([](RelayReport& report) {
    report.streams[0].tables[0].to = "sales." + std::string(60, 'w');
    report.trouble = std::string(200, 'w');
  });
  browser().set_width(400);
  ASSERT_TRUE(
      browser().becomes_true("document.getElementById('alarm').textContent.length === 200"));
  EXPECT_LE(browser().evaluate("document.documentElement.scrollWidth").get<int>(), 400);
  // What a finger has to hit is large enough.
  EXPECT_GE(browser()
                .evaluate("Math.min(...[...document.querySelectorAll('main button, header button')]"
                          ".map((b) => b.getBoundingClientRect().height))")
                .get<double>(),
            40);
}

TEST_F(PageTest, IsDarkWhereThatIsWanted) {
  const std::string color = "getComputedStyle(document.body).backgroundColor";
  EXPECT_EQ(browser().evaluate(color), "rgb(246, 247, 249)");
  browser().set_scheme("dark");
  EXPECT_EQ(browser().evaluate(color), "rgb(18, 22, 28)");
}

TEST_F(PageTest, ARelayThatIsGoneIsNoticed) {
  server_.reset();
  EXPECT_TRUE(
      browser().becomes_true("document.getElementById('state').textContent === 'no answer'"));
  EXPECT_EQ(browser().evaluate("document.getElementById('pause').disabled"), true);
  EXPECT_EQ(browser().evaluate("document.getElementById('alarm').hidden"), false);
}

}  // namespace
}  // namespace relay
