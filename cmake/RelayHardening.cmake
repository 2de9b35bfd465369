# What makes a mistake in the program harder to use. Position-independent and read-only after relocation; stack
# protector and checked library calls. Not under a sanitizer, which has checks of its own. No CET: the C runtime of
# Debian 12 is not built for it, so the linker would drop the mark again.
include(CheckPIESupported)
check_pie_supported()

add_library(relay_hardening INTERFACE)
if(NOT RELAY_SANITIZE AND NOT RELAY_FUZZ)
  target_compile_options(relay_hardening INTERFACE -fPIE -fstack-protector-strong -fstack-clash-protection)
  # Checked calls need an optimizing compiler, and a warning says so otherwise.
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" OR CMAKE_CXX_FLAGS MATCHES "-O[1-3s]")
    target_compile_options(relay_hardening INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  endif()
  target_link_options(relay_hardening INTERFACE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
