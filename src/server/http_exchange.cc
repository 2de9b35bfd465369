#include "server/http_exchange.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <httplib.h>
#include <utility>

namespace relay {
namespace {

// Lets the library read from one text and write into another.
class TextStream final : public httplib::Stream {
 public:
  TextStream(std::string_view input, const std::string& peer) : input_(input), peer_(peer) {}

  [[nodiscard]] bool is_readable() const override { return true; }
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* bytes, std::size_t size) override {
    const std::size_t taken = input_.copy(bytes, size);
    input_.remove_prefix(taken);
    return static_cast<ssize_t>(taken);
  }
  ssize_t write(const char* bytes, std::size_t size) override {
    output_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = peer_;
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  [[nodiscard]] socket_t socket() const override { return -1; }

  std::string take_output() { return std::move(output_); }

 private:
  std::string_view input_;
  const std::string& peer_;
  std::string output_;
};

// What the library would act upon and this server does not offer: parts of an answer, and a word
// before the answer. A server may ignore both.
constexpr std::array<std::string_view, 2> kIgnored = {"range:", "expect:"};

bool is_ignored(std::string_view line) {
  return std::ranges::any_of(kIgnored, [&](std::string_view name) {
    return line.size() >= name.size() &&
           std::equal(name.begin(), name.end(), line.begin(), [](char wanted, char given) {
             return std::tolower(static_cast<unsigned char>(given)) == wanted;
           });
  });
}

std::string without_ignored(std::string_view head) {
  std::string kept;
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    const std::string_view line = head.substr(0, end == std::string_view::npos ? end : end + 1);
    if (!is_ignored(line)) kept += line;
    head.remove_prefix(line.size());
  }
  return kept;
}

HttpRequest to_request(const httplib::Request& request) {
  HttpRequest ours;
  ours.method = request.method;
  ours.path = request.path;
  const auto [begin, end] = request.headers.equal_range("Host");
  for (auto host = begin; host != end; ++host)
    ours.hosts.push_back(host->second);
  ours.authorization = request.get_header_value("Authorization");
  ours.origin = request.get_header_value("Origin");
  ours.peer = request.remote_addr;
  return ours;
}

}  // namespace

// Every request is answered before the library looks at its own routes, which are regular
// expressions, and before it reads a body, which no request of ours has.
class HttpExchange::Parser final : public httplib::Server {
 public:
  explicit Parser(HttpResponder respond) : respond_(std::move(respond)) {
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      HttpAnswer answer = respond_(to_request(request));
      response.status = answer.status;
      for (const auto& [name, value] : answer.headers)
        response.set_header(name, value);
      response.set_content(std::move(answer.body), answer.content_type);
      return HandlerResponse::Handled;
    });
    // The library's own answer would tell the exception's text.
    set_exception_handler([](const httplib::Request&,
                             httplib::Response& response,
                             const std::exception_ptr&) { response.status = 500; });
  }

  std::string answer(std::string_view head, const std::string& peer) {
    const std::string input = without_ignored(head);
    TextStream stream(input, peer);
    bool is_closed = false;
    process_request(stream, true, is_closed, nullptr);
    return stream.take_output();
  }

 private:
  HttpResponder respond_;
};

HttpExchange::HttpExchange(HttpResponder respond)
    : parser_(std::make_unique<Parser>(std::move(respond))) {}
HttpExchange::~HttpExchange() = default;

std::string HttpExchange::answer(std::string_view head, const std::string& peer) {
  return parser_->answer(head, peer);
}

std::string http_library_version() {
  return CPPHTTPLIB_VERSION;
}

}  // namespace relay
