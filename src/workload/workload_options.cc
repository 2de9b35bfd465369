#include "workload/workload_options.h"

namespace relay {

std::optional<WorkloadProfile> parse_profile(std::string_view text) {
  for (const WorkloadProfile profile :
       {WorkloadProfile::orders, WorkloadProfile::sensors, WorkloadProfile::users}) {
    if (text == format_profile(profile)) return profile;
  }
  return std::nullopt;
}

std::string_view format_profile(WorkloadProfile profile) {
  switch (profile) {
    case WorkloadProfile::orders:
      return "orders";
    case WorkloadProfile::sensors:
      return "sensors";
    case WorkloadProfile::users:
      return "users";
  }
  return "";
}

std::vector<std::string> collections_of(WorkloadProfile profile) {
  if (profile == WorkloadProfile::sensors) return {"readings", "devices"};
  return {std::string(format_profile(profile))};
}

std::optional<std::uint64_t> operations_of_writer(const WorkloadOptions& options,
                                                  std::uint32_t writer) {
  if (options.operation_count == 0) return std::nullopt;
  const std::uint64_t share = options.operation_count / options.writer_count;
  return share + (writer < options.operation_count % options.writer_count ? 1 : 0);
}

}  // namespace relay
