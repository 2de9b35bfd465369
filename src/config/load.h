// Loading the settings of a run. Later wins: default, file, environment, --set, flag.
//
// Every problem is found before anything is returned, so that one start reports all of them
// (problems.h).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/read_value.h"
#include "config/settings.h"
#include "core/result.h"

namespace relay {

// What the run needs to be there. Given values are checked in every case.
enum class Purpose : std::uint8_t {
  inspect,      // Nothing.
  replicate,    // source.uri, target.uri and a table.
  generate,     // source.uri.
  read_target,  // target.uri.
};

struct FlagValue {
  std::string flag;  // As in the table of settings: "--source".
  std::string text;
};

struct LoadRequest {
  std::optional<std::filesystem::path>
      file;  // nullopt: no file is read, not even one in the folder.
  Environment environment;
  std::vector<std::string> sets;  // "section.key=value"
  std::vector<FlagValue> flags;
  std::vector<std::string>
      tables;  // "shop.orders=sales.orders" or "shop.*"; any of them replaces [[table]].
  Purpose purpose = Purpose::inspect;
};

enum class Origin : std::uint8_t { preset, file, environment, set, flag };

// Where a value came from.
struct Provenance {
  Origin origin = Origin::preset;
  std::string
      place;  // "relay.toml:3:7", "RELAY_SOURCE_URI", "--set", "--source"; empty for a default.
};

struct LoadedSettings {
  Settings settings;
  std::vector<Provenance> provenance;  // One for each of setting_fields(), same order.
  Provenance tables;
};

Result<LoadedSettings> load_settings_with_origins(const LoadRequest& request);
Result<Settings> load_settings(const LoadRequest& request);

}  // namespace relay
