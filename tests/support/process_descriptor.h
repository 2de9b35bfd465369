// A descriptor that stands for a process: its number cannot come to mean another one, and poll()
// finds it readable once the process has ended.
//
// By system call: <sys/pidfd.h> of glibc 2.36 declares these functions without extern "C".
#pragma once

#include <unistd.h>

#include <sys/syscall.h>
#include <sys/types.h>

namespace relay {

// -1 and errno when there is no such process.
inline int open_process_descriptor(pid_t pid) {
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

inline int signal_process_descriptor(int descriptor, int number) {
  return static_cast<int>(syscall(SYS_pidfd_send_signal, descriptor, number, nullptr, 0));
}

}  // namespace relay
