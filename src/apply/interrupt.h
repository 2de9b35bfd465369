// Interrupt: one thread tells another, which waits for a server, not to wait much longer.
//
// Once raised it stays raised. Of all threads; outlives the waits that see it.
#pragma once

namespace relay {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void raise() const;

  // Readable for poll() once it was raised. Nobody reads from it.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace relay
