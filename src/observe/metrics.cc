#include "observe/metrics.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace relay {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// A metric's samples are made by its own function, so that a name without a value cannot be added.
struct Metric {
  std::string_view name;
  MetricType type;
  std::string_view labels;  // As in docs/metrics.md.
  std::string_view help;
  std::vector<ClientMetric> (*samples)(const RelayReport& report, MetricType type);
};

using Labels = std::vector<ClientMetric::Label>;

ClientMetric make_sample(MetricType type, double value, Labels labels = {}) {
  ClientMetric sample;
  sample.label = std::move(labels);
  if (type == MetricType::Counter) {
    sample.counter.value = value;
  } else {
    sample.gauge.value = value;
  }
  return sample;
}

ClientMetric make_sample(MetricType type, std::uint64_t count, Labels labels = {}) {
  return make_sample(type, static_cast<double>(count), std::move(labels));
}

// A table may be fed by several streams; its samples are then added up, because a series may stand
// in the text only once.
void add_up(std::vector<ClientMetric>& samples, ClientMetric sample) {
  const auto same = std::ranges::find(samples, sample.label, &ClientMetric::label);
  if (same == samples.end()) {
    samples.push_back(std::move(sample));
  } else {
    same->counter.value += sample.counter.value;
  }
}

template <class AddTable>
std::vector<ClientMetric> of_tables(const RelayReport& report, AddTable add_table) {
  std::vector<ClientMetric> samples;
  for (const StreamReport& stream : report.streams) {
    for (const TableReport& table : stream.tables) {
      add_table(table, [&](ClientMetric sample) { add_up(samples, std::move(sample)); });
    }
  }
  return samples;
}

std::vector<ClientMetric> events(const RelayReport& report, MetricType type) {
  return of_tables(report, [&](const TableReport& table, const auto& add) {
    for (const auto& [operation, count] : table.events)
      add(make_sample(type, count, {{"operation", operation}, {"table", table.to}}));
  });
}

std::vector<ClientMetric> rows(const RelayReport& report, MetricType type) {
  return of_tables(report, [&](const TableReport& table, const auto& add) {
    add(make_sample(type, table.upserts, {{"table", table.to}, {"kind", "upsert"}}));
    add(make_sample(type, table.deletes, {{"table", table.to}, {"kind", "delete"}}));
  });
}

std::vector<ClientMetric> batches(const RelayReport& report, MetricType type) {
  return {make_sample(type, report.batches)};
}

std::vector<ClientMetric> apply_seconds(const RelayReport& report, MetricType) {
  ClientMetric sample;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < report.apply_seconds.counts.size(); ++i) {
    count += report.apply_seconds.counts[i];
    const double bound = i < LatencyHistogram::kBounds.size()
                             ? LatencyHistogram::kBounds[i]
                             : std::numeric_limits<double>::infinity();
    sample.histogram.bucket.push_back({count, bound});
  }
  sample.histogram.sample_count = count;
  sample.histogram.sample_sum = report.apply_seconds.seconds_sum;
  return {sample};
}

// The worst of all streams; no sample while none is known.
std::vector<ClientMetric> worst(const RelayReport& report,
                                MetricType type,
                                std::optional<double> StreamReport::* value,
                                const double& (*pick)(const double&, const double&)) {
  std::optional<double> found;
  for (const StreamReport& stream : report.streams) {
    if (!(stream.*value)) continue;
    found = found ? pick(*found, *(stream.*value)) : *(stream.*value);
  }
  if (!found) return {};
  return {make_sample(type, *found)};
}

std::vector<ClientMetric> lag(const RelayReport& report, MetricType type) {
  return worst(report, type, &StreamReport::lag_seconds, &std::max<double>);
}

std::vector<ClientMetric> oplog_runway(const RelayReport& report, MetricType type) {
  return worst(report, type, &StreamReport::oplog_runway_seconds, &std::min<double>);
}

std::vector<ClientMetric> checkpoint_age(const RelayReport& report, MetricType type) {
  return worst(report, type, &StreamReport::checkpoint_age_seconds, &std::max<double>);
}

std::vector<ClientMetric> queue_bytes(const RelayReport& report, MetricType type) {
  return {make_sample(type, report.queue_bytes)};
}

std::vector<ClientMetric> snapshot_rows(const RelayReport& report, MetricType type) {
  return of_tables(report, [&](const TableReport& table, const auto& add) {
    add(make_sample(type, table.snapshot_rows, {{"table", table.to}}));
  });
}

std::vector<ClientMetric> misfits(const RelayReport& report, MetricType type) {
  return of_tables(report, [&](const TableReport& table, const auto& add) {
    for (const auto& [column, count] : table.misfits)
      add(make_sample(type, count, {{"table", table.to}, {"column", column}}));
  });
}

std::vector<ClientMetric> dead_letters(const RelayReport& report, MetricType type) {
  return of_tables(report, [&](const TableReport& table, const auto& add) {
    for (const auto& [reason, count] : table.dead_letters)
      add(make_sample(type, count.total, {{"table", table.to}, {"reason", reason}}));
  });
}

std::vector<ClientMetric> large_events(const RelayReport& report, MetricType type) {
  return {make_sample(type, report.large_events)};
}

std::vector<ClientMetric> reconnects(const RelayReport& report, MetricType type) {
  return {make_sample(type, report.source_reconnects, {{"side", "source"}}),
          make_sample(type, report.target_reconnects, {{"side", "target"}})};
}

std::vector<ClientMetric> leader(const RelayReport& report, MetricType type) {
  const bool is_leader = std::ranges::any_of(report.streams, &StreamReport::is_leader);
  return {make_sample(type, is_leader ? 1.0 : 0.0)};
}

std::vector<ClientMetric> build_info(const RelayReport& report, MetricType type) {
  return {make_sample(type, 1.0, {{"version", report.version}, {"git", report.git_description}})};
}

constexpr MetricType kCounter = MetricType::Counter;
constexpr MetricType kGauge = MetricType::Gauge;

constexpr std::array kMetrics = {
    Metric{"relay_events_total",
           kCounter,
           "operation, table",
           "Change events applied, by the operation type of the source.",
           &events},
    Metric{"relay_rows_total",
           kCounter,
           "table, kind",
           "Rows written by the stream. kind: upsert or delete.",
           &rows},
    Metric{
        "relay_batches_total", kCounter, "", "Batches that are durable in the target.", &batches},
    Metric{"relay_apply_seconds",
           MetricType::Histogram,
           "",
           "Seconds that writing a batch to the target took.",
           &apply_seconds},
    Metric{"relay_lag_seconds",
           kGauge,
           "",
           "Seconds between the source's newest event and the applied position; the worst stream.",
           &lag},
    Metric{"relay_oplog_runway_seconds",
           kGauge,
           "",
           "Seconds until the applied position falls off the source's oplog; the worst stream.",
           &oplog_runway},
    Metric{"relay_checkpoint_age_seconds",
           kGauge,
           "",
           "Seconds since the position was last stored; the worst stream.",
           &checkpoint_age},
    Metric{"relay_queue_bytes", kGauge, "", "Bytes read and not yet applied.", &queue_bytes},
    Metric{"relay_snapshot_rows_total",
           kCounter,
           "table",
           "Rows copied by the table's snapshot; begins anew with the next one.",
           &snapshot_rows},
    Metric{"relay_misfits_total",
           kCounter,
           "table, column",
           "Values that did not fit their column and stayed in the JSON column; a replay counts "
           "again.",
           &misfits},
    Metric{"relay_dead_letters_total",
           kCounter,
           "table, reason",
           "Documents that became dead letters.",
           &dead_letters},
    Metric{"relay_large_events_total",
           kCounter,
           "",
           "Change events that were too large for the source to send; their documents were looked "
           "up.",
           &large_events},
    Metric{"relay_reconnects_total",
           kCounter,
           "side",
           "Connections that were lost and made again. side: source or target.",
           &reconnects},
    Metric{"relay_leader",
           kGauge,
           "",
           "1 while this relay holds the lease of a stream, else 0.",
           &leader},
    Metric{"relay_build_info", kGauge, "version, git", "Always 1.", &build_info},
};

std::string_view name_type(MetricType type) {
  if (type == MetricType::Counter) return "counter";
  return type == MetricType::Histogram ? "histogram" : "gauge";
}

}  // namespace

std::string render_metrics(const RelayReport& report) {
  std::vector<MetricFamily> families;
  for (const Metric& metric : kMetrics) {
    families.push_back({std::string(metric.name),
                        std::string(metric.help),
                        metric.type,
                        metric.samples(report, metric.type)});
  }
  return prometheus::TextSerializer().Serialize(families);
}

std::string render_metrics_reference() {
  std::string text =
      "# Metrics\n"
      "\n"
      "`GET /metrics` answers in Prometheus' text format. This page is printed by the program; a "
      "test keeps\n"
      "it equal. `table` is the target's name. Counters begin at 0 with the process. A value that "
      "is not known\n"
      "(the oplog runway without the right to read `local.oplog.rs`, the lag before the first "
      "event) has no sample.\n"
      "\n"
      "| name | type | labels | meaning |\n"
      "| --- | --- | --- | --- |\n";
  for (const Metric& metric : kMetrics) {
    text.append("| `").append(metric.name).append("` | ").append(name_type(metric.type));
    text.append(" | ").append(metric.labels).append(metric.labels.empty() ? "| " : " | ");
    text.append(metric.help).append(" |\n");
  }
  text +=
      "\n"
      "The bounds of `relay_apply_seconds`, in seconds:";
  for (const double bound : LatencyHistogram::kBounds) {
    std::string number = std::to_string(bound);
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    text.append(bound == LatencyHistogram::kBounds.front() ? " " : ", ").append(number);
  }
  text +=
      ".\n"
      "\n"
      "[examples/grafana.json](../examples/grafana.json) is a board of them, "
      "[examples/alerts.yaml](../examples/alerts.yaml) has rules for alarms.\n";
  return text;
}

}  // namespace relay
