#include <cstdlib>
#include <optional>
#include <string>
#include <unistd.h>

#include <sys/mman.h>

#include "config/load.h"
#include "core/check.h"
#include "fuzz/targets.h"

namespace relay {

void fuzz_config(FuzzInput input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  // Reading whatever file the bytes name says nothing about the settings, and may never end.
  if (text.find("file:") != std::string_view::npos) return;
  const int file = memfd_create("relay.toml", 0);
  CHECK(file >= 0, "a file in memory");
  CHECK(write(file, input.data(), input.size()) == static_cast<ssize_t>(input.size()),
        "is written");
  LoadRequest request;
  request.file = "/proc/self/fd/" + std::to_string(file);
  request.environment = [](const std::string&) { return std::optional<std::string>(); };
  const Result<LoadedSettings> loaded = load_settings_with_origins(request);
  if (!loaded.ok()) CHECK(!loaded.error().message.empty(), "a refusal says why");
  close(file);
}

}  // namespace relay
