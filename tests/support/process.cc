#include "support/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "support/process_descriptor.h"

namespace relay {
namespace {

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  void reset() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

int open_for_append(const std::filesystem::path& path) {
  const int number = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (number < 0) throw_errno("open " + path.string());
  return number;
}

// All the child needs, made before fork(): between fork() and exec() of a program with threads only
// system calls are allowed, no allocation.
struct Launch {
  std::vector<std::string> texts;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* directory = nullptr;
  bool changes_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  int in = -1;
  int out = -1;
  int err = -1;
  int report = -1;  // Takes errno when the program could not be run.
  pid_t parent = 0;
};

bool names_one_of(const char* setting, const Process::Options& options) {
  return std::any_of(
      options.environment.begin(), options.environment.end(), [&](const auto& added) {
        return std::strncmp(setting, (added.first + "=").c_str(), added.first.size() + 1) == 0;
      });
}

Launch prepare(const Process::Options& options) {
  if (options.command.empty()) throw std::runtime_error("no program to start");
  Launch launch;
  launch.texts = options.command;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!names_one_of(*entry, options)) launch.texts.emplace_back(*entry);
  }
  for (const auto& [name, value] : options.environment)
    launch.texts.push_back(name + "=" + value);
  for (std::size_t i = 0; i < launch.texts.size(); ++i) {
    auto& list = i < options.command.size() ? launch.arguments : launch.environment;
    list.push_back(launch.texts[i].data());
  }
  launch.arguments.push_back(nullptr);
  launch.environment.push_back(nullptr);
  launch.directory = options.directory.c_str();
  launch.parent = getpid();
  if (options.user.empty()) return launch;
  const passwd* entry = getpwnam(options.user.c_str());
  if (entry == nullptr) throw std::runtime_error("no user '" + options.user + "' on this machine");
  launch.changes_user = true;
  launch.uid = entry->pw_uid;
  launch.gid = entry->pw_gid;
  return launch;
}

[[noreturn]] void run_child(const Launch& launch) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  bool is_ready = dup2(launch.in, STDIN_FILENO) >= 0 && dup2(launch.out, STDOUT_FILENO) >= 0 &&
                  dup2(launch.err, STDERR_FILENO) >= 0;
  // Sockets of drivers in the test must not be held open by the program.
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  is_ready = is_ready && setpgid(0, 0) == 0 && chdir(launch.directory) == 0;
  if (is_ready && launch.changes_user) {
    is_ready = setgroups(1, &launch.gid) == 0 && setgid(launch.gid) == 0 && setuid(launch.uid) == 0;
  }
  // After setuid(), which would clear it.
  is_ready = is_ready && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
  if (is_ready && getppid() != launch.parent) _exit(127);  // The test died before prctl().
  if (is_ready) execvpe(launch.arguments[0], launch.arguments.data(), launch.environment.data());
  const int error = errno;
  if (write(launch.report, &error, sizeof(error)) < 0) _exit(126);
  _exit(127);
}

}  // namespace

Process::Process(Options options) : options_(std::move(options)) {
  if (options_.directory.empty()) {
    options_.directory = directory_.path() / "run";
    std::filesystem::create_directory(options_.directory);
  }
  Launch launch = prepare(options_);
  const bool is_apart = options_.log.empty();
  const Descriptor in(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor out(open_for_append(is_apart ? directory_.path() / "stdout" : options_.log));
  const Descriptor err(open_for_append(is_apart ? directory_.path() / "stderr" : options_.log));
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("pipe");
  const Descriptor report_read(ends[0]);
  Descriptor report_write(ends[1]);
  launch.in = in.get();
  launch.out = out.get();
  launch.err = err.get();
  launch.report = report_write.get();

  pid_ = fork();
  if (pid_ < 0) throw_errno("fork");
  if (pid_ == 0) run_child(launch);
  report_write.reset();
  int error = 0;
  if (read(report_read.get(), &error, sizeof(error)) == static_cast<ssize_t>(sizeof(error))) {
    waitpid(pid_, nullptr, 0);
    throw std::runtime_error("run " + options_.command[0] + ": " + std::strerror(error));
  }
  pid_descriptor_ = open_process_descriptor(pid_);
  if (pid_descriptor_ < 0) {
    const int cause = errno;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    errno = cause;
    throw_errno("pidfd_open");
  }
}

Process::~Process() {
  kill();
  close(pid_descriptor_);
}

bool Process::is_running() {
  return !wait(std::chrono::milliseconds(0)).has_value();
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!exit_code_) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd entry{.fd = pid_descriptor_, .events = POLLIN, .revents = 0};
    const int ready = poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) reap();
    if (ready == 0) return std::nullopt;
    if (ready < 0 && errno != EINTR) throw_errno("poll");
  }
  return exit_code_;
}

void Process::reap() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) throw_errno("waitpid");
  }
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Process::signal(int number) {
  if (!exit_code_) ::kill(pid_, number);
}

void Process::kill() {
  if (exit_code_) return;
  ::kill(pid_, SIGKILL);
  reap();
}

void Process::pause() {
  if (exit_code_) return;
  signal(SIGSTOP);
  siginfo_t state{};
  // WNOWAIT leaves an end, should there be one, to reap().
  while (waitid(P_PID, static_cast<id_t>(pid_), &state, WSTOPPED | WEXITED | WNOWAIT) != 0) {
    if (errno != EINTR) throw_errno("waitid");
  }
}

void Process::resume() {
  signal(SIGCONT);
}

std::string Process::stdout_text() const {
  return read_file(directory_.path() / "stdout");
}

std::string Process::stderr_text() const {
  return read_file(directory_.path() / "stderr");
}

std::string Process::output() const {
  return options_.log.empty() ? stdout_text() + stderr_text() : read_file(options_.log);
}

Finished run_to_end(Process::Options options, std::chrono::milliseconds limit) {
  const std::string name = options.command.empty() ? "" : options.command[0];
  Process process(std::move(options));
  const std::optional<int> exit_code = process.wait(limit);
  if (!exit_code) {
    throw std::runtime_error(name + " did not end within " + std::to_string(limit.count()) +
                             " ms; it wrote:\n" + process.output());
  }
  return {*exit_code, process.stdout_text(), process.stderr_text()};
}

}  // namespace relay
