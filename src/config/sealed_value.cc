#include "config/sealed_value.h"

#include <cerrno>
#include <sodium.h>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/stat.h>

#include "config/read_file.h"
#include "config/value_text.h"
#include "core/check.h"

namespace relay {
namespace {

constexpr std::string_view kPublicPrefix = "relay-public-1:";
constexpr std::string_view kPrivatePrefix = "relay-private-1:";
constexpr std::string_view kSealedPrefix = "sealed:";
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

using Bytes = std::vector<unsigned char>;

// Bytes of a key or a secret: gone from memory when they are no longer needed.
struct SecretBytes {
  explicit SecretBytes(std::size_t size) : bytes(size) {}
  ~SecretBytes() { sodium_memzero(bytes.data(), bytes.size()); }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;

  Bytes bytes;
};

Error invalid(std::string message, std::string hint = "") {
  return {ErrorKind::config_invalid, std::move(message), std::move(hint)};
}

void need_sodium() {
  CHECK(sodium_init() >= 0, "libsodium is ready");
}

std::string encode(std::string_view prefix, const Bytes& bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kBase64), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kBase64);
  text.pop_back();  // The length counts the NUL.
  return std::string(prefix) + text;
}

// False: not such a text.
bool decode(std::string_view prefix, std::string_view text, Bytes& bytes) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  if (text.empty()) return false;
  bytes.resize(text.size());
  std::size_t size = 0;
  const char* end = nullptr;
  const int code = sodium_base642bin(
      bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, &end, kBase64);
  bytes.resize(size);
  return code == 0 && end == text.data() + text.size();
}

std::string_view trim_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

// A key that others can read is no secret any more; better to say so than to use it.
Status check_rights(const std::string& path) {
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) {
    return invalid(
        "read the key " + quote_briefly(path) + ": " + std::generic_category().message(errno),
        "RELAY_SECRET_KEY_FILE must name the file that relay secret keygen made");
  }
  if ((found.st_mode & 077U) != 0) {
    return invalid(
        "read the key " + quote_briefly(path) + ": others than its owner have rights to it",
        "chmod 0400 " + path + "; and make a new key if somebody may have read it");
  }
  return ok_status();
}

Result<Secret> read_key(const std::string& path) {
  Result<std::string> text = read_file(path);
  if (!text.ok()) {
    return invalid("read the key " + quote_briefly(path) + ": " + text.error().message,
                   "the relay's own user must be able to read it");
  }
  return Secret(std::string(trim_line_end(text.value())));
}

}  // namespace

SealingKeys make_sealing_keys() {
  need_sodium();
  Bytes public_key(crypto_box_PUBLICKEYBYTES);
  SecretBytes private_key(crypto_box_SECRETKEYBYTES);
  crypto_box_keypair(public_key.data(), private_key.bytes.data());
  return {Secret(encode(kPrivatePrefix, private_key.bytes)), encode(kPublicPrefix, public_key)};
}

Result<std::string> seal_value(const std::string& value, const std::string& public_key) {
  need_sodium();
  Bytes key;
  if (!decode(kPublicPrefix, public_key, key) || key.size() != crypto_box_PUBLICKEYBYTES) {
    return invalid("seal a value: this is no public key",
                   "give what relay secret keygen printed, " + std::string(kPublicPrefix) + "...");
  }
  Bytes sealed(crypto_box_SEALBYTES + value.size());
  const int code = crypto_box_seal(sealed.data(),
                                   reinterpret_cast<const unsigned char*>(value.data()),
                                   value.size(),
                                   key.data());
  if (code != 0) return invalid("seal a value: this public key is a weak one");
  return encode(kSealedPrefix, sealed);
}

Result<std::string> open_sealed_value(const std::string& sealed, const Secret& private_key) {
  need_sodium();
  SecretBytes key(0);
  if (!decode(kPrivatePrefix, private_key.reveal(), key.bytes) ||
      key.bytes.size() != crypto_box_SECRETKEYBYTES) {
    return invalid("open a sealed value: the key file holds no private key of relay",
                   "it begins with " + std::string(kPrivatePrefix));
  }
  Bytes box;
  if (!decode(kSealedPrefix, sealed, box) || box.size() < crypto_box_SEALBYTES) {
    return invalid("open a sealed value: it is damaged", "seal it again: relay secret seal");
  }
  Bytes public_key(crypto_box_PUBLICKEYBYTES);
  crypto_scalarmult_base(public_key.data(), key.bytes.data());
  std::string value(box.size() - crypto_box_SEALBYTES, '\0');
  const int code = crypto_box_seal_open(reinterpret_cast<unsigned char*>(value.data()),
                                        box.data(),
                                        box.size(),
                                        public_key.data(),
                                        key.bytes.data());
  if (code != 0) {
    return invalid("open a sealed value: it was sealed for another key, or is damaged",
                   "seal it again with this key's public half: relay secret seal");
  }
  return value;
}

Result<Secret> load_private_key(const Environment& environment) {
  const auto look_up = [&](const std::string& name) {
    return environment ? environment(name) : std::nullopt;
  };
  if (const std::optional<std::string> path = look_up("RELAY_SECRET_KEY_FILE")) {
    if (Status rights = check_rights(*path); !rights.ok()) return rights.error();
    return read_key(*path);
  }
  // systemd itself sees to who may read these.
  if (const std::optional<std::string> folder = look_up("CREDENTIALS_DIRECTORY")) {
    return read_key(*folder + "/relay-key");
  }
  return invalid("open a sealed value: there is no key",
                 "RELAY_SECRET_KEY_FILE=FILE, or the systemd credential relay-key");
}

std::string sealing_library_version() {
  return sodium_version_string();
}

}  // namespace relay
