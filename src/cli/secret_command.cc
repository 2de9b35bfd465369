// relay secret: keys, and settings that only the relay can read.
#include <cerrno>
#include <fcntl.h>
#include <iostream>
#include <iterator>
#include <string>
#include <system_error>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/report_error.h"
#include "config/sealed_value.h"

namespace relay {
namespace {

Error write_failed(const std::string& path, int number) {
  return {ErrorKind::config_invalid,
          "write the private key " + path + ": " + std::generic_category().message(number),
          number == EEXIST ? "a key is never written over: choose another name, or remove the file"
                           : "choose a directory that you may write to"};
}

// Never over another file, and never readable by others, not even for a moment.
Status write_private_key(const std::string& path, const Secret& key) {
  const int file = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0400);
  if (file < 0) return write_failed(path, errno);
  const std::string text = key.reveal() + "\n";
  const bool is_written =
      write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(file) == 0;
  const int number = errno;
  close(file);
  if (is_written) return ok_status();
  unlink(path.c_str());
  return write_failed(path, number);
}

ExitCode make_keys(const std::string& path) {
  const SealingKeys keys = make_sealing_keys();
  const Status written = write_private_key(path, keys.private_key);
  if (!written.ok()) return report_error(written.error());
  std::cout << keys.public_key << std::endl;
  return ExitCode::done;
}

// Switches the terminal's echo off for as long as it lives.
class QuietTerminal {
 public:
  QuietTerminal() {
    is_changed_ = tcgetattr(STDIN_FILENO, &before_) == 0;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (is_changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~QuietTerminal() {
    if (is_changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  termios before_{};
  bool is_changed_ = false;
};

// One line of a terminal, or all of a pipe without its last line end.
std::string read_value() {
  std::string value;
  if (isatty(STDIN_FILENO) == 1) {
    std::cerr << "value (not shown): " << std::flush;
    const QuietTerminal quiet;
    std::getline(std::cin, value);
    std::cerr << std::endl;
    return value;
  }
  value.assign(std::istreambuf_iterator<char>(std::cin), {});
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

ExitCode seal(const std::string& public_key) {
  const std::string value = read_value();
  if (value.empty()) {
    return report_error({ErrorKind::config_invalid,
                         "seal a value: standard input is empty",
                         "relay secret seal PUBLIC_KEY < file-with-the-value"});
  }
  const Result<std::string> sealed = seal_value(value, public_key);
  if (!sealed.ok()) return report_error(sealed.error());
  std::cout << sealed.value() << std::endl;
  return ExitCode::done;
}

void add_keygen(CLI::App& secret, CommandContext& context) {
  CLI::App* keygen =
      secret.add_subcommand("keygen", "Write a new private key to a file, print its public half");
  const CLI::Option* out =
      keygen->add_option("--out", "Private key, made with mode 0400; must not exist")
          ->type_name("FILE")
          ->required();
  keygen->footer(
      "The relay finds the private key through RELAY_SECRET_KEY_FILE, or as the systemd credential "
      "relay-key\n"
      "(LoadCredential=relay-key:FILE). Without it sealed settings are lost.\n"
      "\n"
      "Example:\n  relay secret keygen --out relay.key\n");
  keygen->callback([&context, out] {
    context.run = [path = out->results().back()] { return make_keys(path); };
  });
}

void add_seal(CLI::App& secret, CommandContext& context) {
  CLI::App* seal_command = secret.add_subcommand(
      "seal", "Read a value from standard input, print it sealed for the settings file");
  const CLI::Option* key =
      seal_command->add_option("public_key", "What keygen printed")->type_name("KEY")->required();
  seal_command->footer(
      "The value never stands on the command line, where other users could see it.\n"
      "\n"
      "Example:\n  relay secret seal relay-public-1:... < password.txt\n");
  seal_command->callback([&context, key] {
    context.run = [public_key = key->results().back()] { return seal(public_key); };
  });
}

}  // namespace

void add_secret_command(CLI::App& app, CommandContext& context) {
  CLI::App* secret =
      app.add_subcommand("secret", "Settings that only the relay can read: keygen, seal");
  secret->require_subcommand(1);
  secret->footer("Example:\n  relay secret keygen --out relay.key\n");
  add_keygen(*secret, context);
  add_seal(*secret, context);
}

}  // namespace relay
