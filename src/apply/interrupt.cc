#include "apply/interrupt.h"

#include <cstdint>
#include <unistd.h>

#include <sys/eventfd.h>

#include "core/check.h"

namespace relay {

Interrupt::Interrupt() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(descriptor_ >= 0, "a descriptor for an interrupt");
}

Interrupt::~Interrupt() {
  close(descriptor_);
}

void Interrupt::raise() const {
  const std::uint64_t one = 1;
  // Fails only when it was raised a great many times already.
  static_cast<void>(!write(descriptor_, &one, sizeof(one)));
}

}  // namespace relay
