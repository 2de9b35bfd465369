// Certificates for tests of TLS, made by the program openssl, gone with the object.
#pragma once

#include <filesystem>
#include <string>

#include "support/temporary_directory.h"

namespace relay {

// A certificate authority. Throws std::runtime_error with what openssl says.
class Certificates {
 public:
  explicit Certificates(std::string name);

  [[nodiscard]] std::filesystem::path authority() const { return folder_.path() / "ca.pem"; }

  // Issues a certificate; `subject` as in "/O=x/OU=y/CN=z", `alternative` as in "IP:127.0.0.1".
  // Returns NAME.pem, which holds the key, too; beside it are NAME.crt and NAME.key.
  std::filesystem::path issue(const std::string& name,
                              const std::string& subject,
                              const std::string& alternative);

  // Hands the folder and the key of a certificate to the user that a server runs as. For root only.
  void give_to(const std::string& user, const std::string& name);

 private:
  TemporaryDirectory folder_;
};

}  // namespace relay
