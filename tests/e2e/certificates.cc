#include "e2e/certificates.h"

#include <pwd.h>
#include <stdexcept>
#include <unistd.h>
#include <vector>

#include "e2e/relay_process.h"
#include "support/process.h"

namespace relay {
namespace {

void run_openssl(std::vector<std::string> arguments, const std::filesystem::path& folder) {
  arguments.insert(arguments.begin(), "openssl");
  const Finished finished = run_to_end({.command = std::move(arguments),
                                        .environment = {},
                                        .directory = folder,
                                        .log = {},
                                        .user = {}},
                                       kPatience);
  if (finished.exit_code != 0) throw std::runtime_error("openssl: " + finished.stderr_text);
}

std::vector<std::string> new_certificate(const std::string& name, const std::string& subject) {
  return {"req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
          "-config",
          "request",
          "-extensions",
          "wanted",
          "-subj",
          subject,
          "-keyout",
          name + ".key",
          "-out",
          name + ".crt"};
}

std::string request(const std::string& extensions) {
  return "[req]\ndistinguished_name = names\n[names]\n[wanted]\nsubjectKeyIdentifier = hash\n" +
         extensions;
}

}  // namespace

Certificates::Certificates(std::string name) {
  write_file(folder_.path() / "request",
             request("basicConstraints = critical,CA:TRUE\nkeyUsage = keyCertSign,cRLSign\n"));
  run_openssl(new_certificate("ca", "/CN=" + name), folder_.path());
  write_file(authority(), read_file(folder_.path() / "ca.crt"));
}

std::filesystem::path Certificates::issue(const std::string& name,
                                          const std::string& subject,
                                          const std::string& alternative) {
  write_file(
      folder_.path() / "request",
      request("basicConstraints = critical,CA:FALSE\nsubjectAltName = " + alternative + "\n"));
  std::vector<std::string> arguments = new_certificate(name, subject);
  arguments.insert(arguments.end(), {"-CA", "ca.crt", "-CAkey", "ca.key"});
  run_openssl(std::move(arguments), folder_.path());
  const std::filesystem::path whole = folder_.path() / (name + ".pem");
  write_file(
      whole,
      read_file(folder_.path() / (name + ".key")) + read_file(folder_.path() / (name + ".crt")));
  return whole;
}

void Certificates::give_to(const std::string& user, const std::string& name) {
  folder_.give_to(user);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread.
  const passwd* const entry = getpwnam(user.c_str());
  const std::filesystem::path key = folder_.path() / (name + ".key");
  if (entry == nullptr || chown(key.c_str(), entry->pw_uid, entry->pw_gid) != 0)
    throw std::runtime_error("give " + key.string() + " to " + user);
}

}  // namespace relay
