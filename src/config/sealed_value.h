// Sealed values: a setting that anybody may read and only the relay can open, so that a settings
// file can lie in a repository.
//
//   public key   = "relay-public-1:"  base64      for whoever seals
//   private key  = "relay-private-1:" base64      in a file of mode 0400, or a systemd credential
//   sealed value = "sealed:"          base64      libsodium's sealed box
//
// Sealing needs the public key alone. A sealed value is of no use without the private key, and
// cannot be changed unnoticed.
#pragma once

#include <string>

#include "config/read_value.h"
#include "core/result.h"
#include "core/secret.h"

namespace relay {

struct SealingKeys {
  Secret private_key;  // As text, with its prefix.
  std::string public_key;
};
SealingKeys make_sealing_keys();

// config_invalid: `public_key` is none. The message shows neither the key nor the value.
Result<std::string> seal_value(const std::string& value, const std::string& public_key);

// config_invalid: `sealed` was sealed for another key, or is damaged, or `private_key` is none.
Result<std::string> open_sealed_value(const std::string& sealed, const Secret& private_key);

// From the file that RELAY_SECRET_KEY_FILE names, which nobody but its owner may have a right to,
// else from the systemd credential relay-key. config_invalid: neither is there, or not good.
Result<Secret> load_private_key(const Environment& environment);

// "1.0.18", for `relay --version`.
std::string sealing_library_version();

}  // namespace relay
