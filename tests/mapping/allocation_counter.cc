#include "allocation_counter.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::size_t> allocation_count = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocation_count;
  if (void* place = std::malloc(size)) return place;
  throw std::bad_alloc();
}
// Every form that the library uses, else AddressSanitizer sees its own new and our delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocation_count;
  return std::malloc(size);
}
void operator delete(void* place) noexcept {
  std::free(place);
}
void operator delete(void* place, std::size_t) noexcept {
  std::free(place);
}

namespace relay {

std::size_t allocations_so_far() {
  return allocation_count;
}

}  // namespace relay
