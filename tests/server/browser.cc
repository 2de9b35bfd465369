#include "server/browser.h"

#include <array>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "support/wait_until.h"

namespace relay {
namespace {

using Json = nlohmann::json;

constexpr int kPatienceMs = 60'000;

// Nothing of it may reach the network, nor any file outside its own directory.
std::vector<std::string> command_line(const std::string& directory) {
  return {"chromium",
          "--headless",
          "--no-sandbox",  // As root there is none to be had.
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-default-apps",
          "--disable-extensions",
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
          "--remote-debugging-pipe",
          "--user-data-dir=" + directory,
          "about:blank"};
}

// Chromium reads its orders from descriptor 3 and answers on 4.
[[noreturn]] void become_chromium(int orders, int answers, const std::string& directory) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  const int nowhere = ::open("/dev/null", O_RDWR);
  dup2(nowhere, 0);
  dup2(nowhere, 1);
  dup2(nowhere, 2);
  // Out of the way first: they may be 3 and 4, the other way round.
  const int orders_above = fcntl(orders, F_DUPFD, 10);
  const int answers_above = fcntl(answers, F_DUPFD, 10);
  dup2(orders_above, 3);
  dup2(answers_above, 4);
  close(orders_above);
  close(answers_above);
  setenv("HOME", directory.c_str(), 1);
  std::vector<std::string> command = command_line(directory);
  std::vector<char*> arguments;
  for (std::string& argument : command)
    arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

Browser::Browser() {
  std::array<int, 2> orders{};
  std::array<int, 2> answers{};
  if (pipe2(orders.data(), O_CLOEXEC) != 0 || pipe2(answers.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  // A browser that could not be started is an error here, not the end of the test.
  signal(SIGPIPE, SIG_IGN);
  pid_ = fork();
  if (pid_ == 0) become_chromium(orders[0], answers[1], directory_.path().string());
  close(orders[0]);
  close(answers[1]);
  to_browser_ = orders[1];
  from_browser_ = answers[0];
  const Json target = call("Target.createTarget", {{"url", "about:blank"}});
  const Json attached =
      call("Target.attachToTarget", {{"targetId", target.at("targetId")}, {"flatten", true}});
  session_ = attached.at("sessionId");
  for (const char* domain : {"Runtime.enable", "Log.enable", "Page.enable", "Accessibility.enable"})
    call(domain, Json::object());
}

Browser::~Browser() {
  close(to_browser_);
  close(from_browser_);
  ::kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Json Browser::read_message() {
  for (;;) {
    const std::size_t end = received_.find('\0');
    if (end != std::string::npos) {
      Json message = Json::parse(received_.substr(0, end));
      received_.erase(0, end + 1);
      return message;
    }
    pollfd waiting{from_browser_, POLLIN, 0};
    if (poll(&waiting, 1, kPatienceMs) <= 0) throw std::runtime_error("chromium does not answer");
    std::array<char, 65'536> bytes{};
    const ssize_t size = read(from_browser_, bytes.data(), bytes.size());
    if (size <= 0) throw std::runtime_error("chromium has ended, or is not installed");
    received_.append(bytes.data(), static_cast<std::size_t>(size));
  }
}

void Browser::note(const Json& event) {
  const std::string method = event.value("method", "");
  if (method == "Runtime.exceptionThrown")
    complaints_.push_back(event.at("params").at("exceptionDetails").dump());
  if (method == "Log.entryAdded" && event.at("params").at("entry").at("level") == "error")
    complaints_.push_back(event.at("params").at("entry").at("text"));
  if (method == "Runtime.consoleAPICalled" && event.at("params").at("type") == "error")
    complaints_.push_back(event.at("params").at("args").dump());
}

Json Browser::call(const std::string& method, Json parameters) {
  Json message = {{"id", ++last_id_}, {"method", method}, {"params", std::move(parameters)}};
  if (!session_.empty()) message["sessionId"] = session_;
  const std::string text = message.dump() + '\0';
  if (write(to_browser_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("chromium does not listen, or is not installed");
  for (;;) {
    Json answer = read_message();
    note(answer);
    if (answer.value("id", 0) != last_id_) continue;
    if (answer.contains("error")) throw std::runtime_error(method + ": " + answer["error"].dump());
    return answer.at("result");
  }
}

void Browser::open(const std::string& url) {
  call("Page.navigate", {{"url", url}});
}

void Browser::set_width(int width) {
  call("Emulation.setDeviceMetricsOverride",
       {{"width", width}, {"height", 800}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

void Browser::set_scheme(const std::string& scheme) {
  call("Emulation.setEmulatedMedia",
       {{"features", {{{"name", "prefers-color-scheme"}, {"value", scheme}}}}});
}

Json Browser::evaluate(const std::string& expression) {
  const Json answer =
      call("Runtime.evaluate",
           {{"expression", expression}, {"awaitPromise", true}, {"returnByValue", true}});
  if (answer.contains("exceptionDetails"))
    throw std::runtime_error(expression + ": " + answer["exceptionDetails"].dump());
  return answer.at("result").value("value", Json(nullptr));
}

bool Browser::becomes_true(const std::string& expression) {
  return wait_until(std::chrono::milliseconds(kPatienceMs),
                    [&] { return evaluate("Boolean(" + expression + ")") == true; });
}

void Browser::press(const std::string& key) {
  Json event = {{"key", key}};
  if (key == "Enter") event.update({{"text", "\r"}, {"windowsVirtualKeyCode", 13}});
  if (key == "Tab") event.update({{"windowsVirtualKeyCode", 9}});
  if (key == "Escape") event.update({{"windowsVirtualKeyCode", 27}});
  if (key.size() == 1) event["text"] = key;
  event["type"] = "keyDown";
  call("Input.dispatchKeyEvent", event);
  event["type"] = "keyUp";
  event.erase("text");
  call("Input.dispatchKeyEvent", event);
}

std::vector<Browser::Spoken> Browser::read_aloud() {
  std::vector<Spoken> all;
  const Json tree = call("Accessibility.getFullAXTree", Json::object());
  for (const Json& node : tree.at("nodes")) {
    if (node.value("ignored", false) || !node.contains("role")) continue;
    const std::string name =
        node.contains("name") ? node.at("name").value("value", "") : std::string();
    all.push_back({node.at("role").at("value"), name});
  }
  return all;
}

}  // namespace relay
