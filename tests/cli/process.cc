#include "process.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

#include <sys/wait.h>

namespace relay {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts)
    all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

void redirect(const std::string& path, int descriptor) {
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
}

}  // namespace

std::string read_whole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Output run_relay(const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment) {
  std::string folder = (std::filesystem::temp_directory_path() / "relay-run-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp");
  std::vector<std::string> command = {RELAY_BINARY};
  command.insert(command.end(), arguments.begin(), arguments.end());
  // A file that a killed process of the same number has left behind would make libmongoc complain.
  std::vector<std::string> variables = {"MONGOC_DISABLE_SHM=1"};
  for (const auto& [name, value] : environment)
    variables.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers(command);
  const std::vector<char*> envp = pointers(variables);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    redirect(folder + "/out", STDOUT_FILENO);
    redirect(folder + "/err", STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Output output{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                read_whole(folder + "/out"),
                read_whole(folder + "/err")};
  std::filesystem::remove_all(folder);
  return output;
}

}  // namespace relay
