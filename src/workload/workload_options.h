// What a workload is to be. Equal profile, seed, operations, writers, mix and document size: equal
// operations of each writer, and an equal result.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

enum class WorkloadProfile : std::uint8_t { orders, sensors, users };

// What to do with collections that have documents already.
enum class ExistingDocuments : std::uint8_t { refuse, drop, append };

// Which operations occur.
enum class WorkloadMix : std::uint8_t { profile, insert_only };

enum class AfterCheck : std::uint8_t { none, verify };

struct WorkloadOptions {
  std::string database = "workload";
  WorkloadProfile profile = WorkloadProfile::orders;
  std::uint64_t seed = 1;
  std::uint32_t writer_count = 1;
  std::uint64_t operation_count = 0;  // Of all writers together. 0: no limit.
  std::chrono::milliseconds duration{
      0};                  // 0: no limit. Without either it runs until it is stopped.
  std::uint64_t rate = 0;  // Operations a second, of all writers together. 0: no limit.
  WorkloadMix mix = WorkloadMix::profile;
  std::optional<std::uint32_t> update_per_mille{};  // nullopt: as the profile has it.
  std::uint32_t document_bytes = 0;  // New documents are padded to this size. 0: not padded.
  ExistingDocuments existing = ExistingDocuments::refuse;
  AfterCheck check = AfterCheck::none;
};

// A key has room for this many writers.
inline constexpr std::uint32_t kWritersMax = 256;
// A document and its update fit one command.
inline constexpr std::uint32_t kDocumentBytesMax = 4U << 20U;

std::optional<WorkloadProfile> parse_profile(std::string_view text);
std::string_view format_profile(WorkloadProfile profile);

// Names of the profile's collections; WorkloadWrite::collection is an index into it.
std::vector<std::string> collections_of(WorkloadProfile profile);

// How many of the operations are this writer's. nullopt: no limit.
std::optional<std::uint64_t> operations_of_writer(const WorkloadOptions& options,
                                                  std::uint32_t writer);

}  // namespace relay
