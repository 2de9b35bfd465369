#include "tidy/build_rules.h"

#include <algorithm>
#include <array>

namespace relay {
namespace {

constexpr std::array kTestedElsewhere = {
    TestedBy{"src/apply/bookkeeping.cc", "tests/apply/postgres_sink_test.cc"},
    TestedBy{"src/apply/checkpoint_desk.cc", "tests/e2e/checkpoint_test.cc"},
    TestedBy{"src/apply/crate_exchange.cc", "tests/apply/crate_sink_test.cc"},
    TestedBy{"src/apply/crate_letters.cc", "tests/apply/crate_sink_test.cc"},
    TestedBy{"src/apply/crate_outlook.cc", "tests/e2e/plan_targets_test.cc"},
    TestedBy{"src/apply/crate_parts.cc", "tests/apply/crate_sink_test.cc"},
    TestedBy{"src/apply/crate_reader.cc", "tests/apply/crate_sink_test.cc"},
    TestedBy{"src/apply/crate_tables.cc", "tests/apply/crate_sink_test.cc"},
    TestedBy{"src/apply/crate_writer.cc", "tests/apply/crate_sink_test.cc"},
    TestedBy{"src/apply/target_sink.cc", "tests/apply/crate_sink_test.cc"},
    TestedBy{"src/apply/dead_letters.cc", "tests/apply/sink_letters_test.cc"},
    TestedBy{"src/apply/interrupt.cc", "tests/apply/sink_fault_test.cc"},
    TestedBy{"src/apply/key_reader.cc", "tests/apply/sink_keys_test.cc"},
    TestedBy{"src/apply/lease.cc", "tests/apply/sink_lease_test.cc"},
    TestedBy{"src/apply/pg_connection.cc", "tests/apply/sink_refusal_test.cc"},
    TestedBy{"src/apply/pg_copy.cc", "tests/apply/sink_copy_test.cc"},
    TestedBy{"src/apply/pg_pipeline.cc", "tests/apply/sink_fault_test.cc"},
    TestedBy{"src/apply/snapshot_parts.cc", "tests/apply/sink_snapshot_test.cc"},
    TestedBy{"src/apply/stream_gate.cc", "tests/apply/row_mender_test.cc"},
    TestedBy{"src/apply/target_survey.cc", "tests/e2e/plan_targets_test.cc"},
    TestedBy{"src/apply/table_setup.cc", "tests/apply/sink_refusal_test.cc"},
    TestedBy{"src/apply/table_writer.cc", "tests/apply/postgres_sink_test.cc"},
    TestedBy{"src/checkpoint/sqlite_connection.cc", "tests/checkpoint/store_refusal_test.cc"},
    TestedBy{"src/checkpoint/store_lock.cc", "tests/checkpoint/sqlite_store_test.cc"},
    TestedBy{"src/checkpoint/store_schema.cc", "tests/checkpoint/store_refusal_test.cc"},
    TestedBy{"src/cli/cdc_relay_command.cc", "tests/e2e/main_path_test.cc"},
    TestedBy{"src/cli/checkpoint_command.cc", "tests/e2e/checkpoint_test.cc"},
    TestedBy{"src/cli/cli_reference.cc", "tests/cli/golden_test.cc"},
    TestedBy{"src/cli/completion_command.cc", "tests/cli/golden_test.cc"},
    TestedBy{"src/cli/config_command.cc", "tests/cli/program_test.cc"},
    TestedBy{"src/cli/db_workload_command.cc", "tests/workload/db_workload_test.cc"},
    TestedBy{"src/cli/dead_letter_command.cc", "tests/e2e/dead_letter_test.cc"},
    TestedBy{"src/cli/library_versions.cc", "tests/cli/program_test.cc"},
    TestedBy{"src/cli/plan_command.cc", "tests/e2e/plan_test.cc"},
    TestedBy{"src/cli/plan_json.cc", "tests/cli/plan_text_test.cc"},
    TestedBy{"src/cli/plan_run.cc", "tests/e2e/plan_test.cc"},
    TestedBy{"src/cli/main.cc", "tests/cli/program_test.cc"},
    TestedBy{"src/cli/relay_run.cc", "tests/e2e/main_path_test.cc"},
    TestedBy{"src/cli/settings_flags.cc", "tests/cli/program_test.cc"},
    TestedBy{"src/cli/signals.cc", "tests/e2e/main_path_test.cc"},
    TestedBy{"src/cli/steer_commands.cc", "tests/cli/status_command_test.cc"},
    TestedBy{"src/cli/stream_run.cc", "tests/e2e/main_path_test.cc"},
    TestedBy{"src/cli/stream_set.cc", "tests/e2e/high_availability_test.cc"},
    TestedBy{"src/cli/stream_maps.cc", "tests/e2e/dead_letter_test.cc"},
    TestedBy{"src/cli/verify_command.cc", "tests/e2e/verify_test.cc"},
    TestedBy{"src/cli/verify_json.cc", "tests/cli/verify_text_test.cc"},
    TestedBy{"src/cli/verify_run.cc", "tests/e2e/verify_test.cc"},
    TestedBy{"src/config/check_settings.cc", "tests/config/load_errors_test.cc"},
    TestedBy{"src/config/format_value.cc", "tests/config/show_test.cc"},
    TestedBy{"src/config/problems.cc", "tests/config/load_errors_test.cc"},
    TestedBy{"src/config/read_file.cc", "tests/config/load_errors_test.cc"},
    TestedBy{"src/config/unknown_key.cc", "tests/config/load_errors_test.cc"},
    TestedBy{"src/core/change_event.cc", "tests/decode/captured_events_test.cc"},
    TestedBy{"src/core/check.cc", "none: it ends the program"},
    TestedBy{"src/core/clock.cc", "none: it hands over the clock of the system"},
    TestedBy{"src/decode/bson_bytes.cc", "tests/decode/change_cutter_test.cc"},
    TestedBy{"src/decode/column_cells.cc", "tests/decode/row_encoder_test.cc"},
    TestedBy{"src/decode/document_look.cc", "tests/decode/object_writer_test.cc"},
    TestedBy{"src/decode/fit_numbers.cc", "tests/decode/fit_table_test.cc"},
    TestedBy{"src/decode/json_to_bson.cc", "tests/decode/key_parse_test.cc"},
    TestedBy{"src/decode/literal_bson.cc", "tests/decode/row_encoder_test.cc"},
    TestedBy{"src/decode/object_values.cc", "tests/decode/object_writer_test.cc"},
    TestedBy{"src/decode/print_types.cc", "tests/decode/types_page_test.cc"},
    TestedBy{"src/decode/tree_writer.cc", "tests/decode/row_encoder_test.cc"},
    TestedBy{"src/decode/value_forms.cc", "tests/decode/json_writer_test.cc"},
    TestedBy{"src/decode/value_writer.cc", "tests/decode/json_writer_test.cc"},
    TestedBy{"src/mapping/mapping_file_text.cc", "tests/mapping/mapping_file_test.cc"},
    TestedBy{"src/pipeline/batch_maker.cc", "tests/pipeline/assemble_stage_test.cc"},
    TestedBy{"src/pipeline/letter_retry.cc", "tests/e2e/dead_letter_test.cc"},
    TestedBy{"src/pipeline/stage_set.cc", "tests/pipeline/pipeline_test.cc"},
    TestedBy{"src/server/http_connection.cc", "tests/server/http_server_test.cc"},
    TestedBy{"src/server/http_listener.cc", "tests/server/http_server_test.cc"},
    TestedBy{"src/plan/crate_types.cc", "tests/plan/crate_text_test.cc"},
    TestedBy{"src/source/bson_document.cc", "tests/source/cursor_reply_test.cc"},
    TestedBy{"src/source/change_cursor.cc", "tests/source/mongo_stream_test.cc"},
    TestedBy{"src/source/client_sockets.cc", "tests/source/mongo_cancel_test.cc"},
    TestedBy{"src/source/collection_list.cc", "tests/source/mongo_split_test.cc"},
    TestedBy{"src/source/cursor_stop.cc", "tests/source/mongo_cancel_test.cc"},
    TestedBy{"src/source/key_check.cc", "tests/source/mongo_split_test.cc"},
    TestedBy{"src/source/lane_connections.cc", "tests/source/mongo_chunk_test.cc"},
    TestedBy{"src/source/mongo_connection.cc", "tests/source/mongo_faults_test.cc"},
    TestedBy{"src/source/mongo_source.cc", "tests/source/mongo_stream_test.cc"},
    TestedBy{"src/source/side_client.cc", "tests/source/silence_watch_test.cc"},
    TestedBy{"src/source/source_survey.cc", "tests/e2e/plan_test.cc"},
    TestedBy{"src/source/source_time.cc", "tests/source/mongo_chunk_test.cc"},
    TestedBy{"src/verify/both_sides.cc", "tests/verify/table_check_test.cc"},
    TestedBy{"src/verify/look_again.cc", "tests/verify/table_check_test.cc"},
    TestedBy{"src/verify/relay_wait.cc", "tests/verify/table_check_test.cc"},
    TestedBy{"src/verify/source_rows.cc", "tests/e2e/verify_test.cc"},
    TestedBy{"src/verify/table_sides.cc", "tests/e2e/verify_test.cc"},
    TestedBy{"src/verify/target_rows.cc", "tests/e2e/verify_test.cc"},
    TestedBy{"src/workload/order_shape.cc", "tests/workload/write_generator_test.cc"},
    TestedBy{"src/workload/sensor_shapes.cc", "tests/workload/write_generator_test.cc"},
    TestedBy{"src/workload/user_shape.cc", "tests/workload/write_generator_test.cc"},
    TestedBy{"src/workload/workload_connection.cc", "tests/workload/run_workload_test.cc"},
    TestedBy{"src/workload/workload_options.cc", "tests/workload/run_workload_test.cc"},
    TestedBy{"src/workload/workload_writer.cc", "tests/workload/run_workload_test.cc"},
};

constexpr std::string_view kNone = "none: ";

bool is_word_end(std::string_view text, std::size_t at) {
  return at >= text.size() ||
         std::string_view(" \n\t()\"").find(text[at]) != std::string_view::npos;
}

bool names(std::string_view text, std::string_view word) {
  for (std::size_t i = text.find(word); i != std::string_view::npos; i = text.find(word, i + 1)) {
    if ((i == 0 || is_word_end(text, i - 1)) && is_word_end(text, i + word.size())) return true;
  }
  return false;
}

// "src/plan/batch.cc": "tests/plan/batch_test.cc".
std::string own_test_of(const std::string& source) {
  const std::string_view stem = std::string_view(source).substr(4, source.size() - 7);
  return "tests/" + std::string(stem) + "_test.cc";
}

Problems check_entry(const SourceTree& tree, const TestedBy& entry) {
  const std::string source(entry.source);
  const std::string where = "tests/tidy/build_rules.cc:1: " + source + ": ";
  if (!tree.contains(source)) return {where + "an entry for a file that is not there"};
  if (tree.contains(own_test_of(source)))
    return {where + "an entry for a file with a test of its name"};
  const bool is_reason = entry.test.starts_with(kNone) && entry.test.size() > kNone.size();
  if (!is_reason && !tree.contains(std::string(entry.test)))
    return {where + "its test is not there"};
  return {};
}

}  // namespace

Problems check_listed(const SourceTree& tree) {
  Problems problems;
  for (const auto& [path, text] : tree) {
    if (!is_source(path) || is_header(path)) continue;
    const auto list = tree.find(folder_of(path) + "/CMakeLists.txt");
    if (list != tree.end() && names(list->second, name_of(path))) continue;
    problems.push_back(path + ":1: not in the CMakeLists.txt of its folder");
  }
  return problems;
}

Problems check_tested(const SourceTree& tree, std::span<const TestedBy> entries) {
  Problems problems;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("src/") || !path.ends_with(".cc") || tree.contains(own_test_of(path)))
      continue;
    const auto is_it = [&path = path](const TestedBy& entry) { return entry.source == path; };
    if (std::any_of(entries.begin(), entries.end(), is_it)) continue;
    problems.push_back(path + ":1: no " + own_test_of(path) +
                       ", nor an entry in tests/tidy/build_rules.cc");
  }
  for (const TestedBy& entry : entries) {
    const Problems found = check_entry(tree, entry);
    problems.insert(problems.end(), found.begin(), found.end());
  }
  return problems;
}

std::span<const TestedBy> tested_elsewhere() {
  return kTestedElsewhere;
}

}  // namespace relay
