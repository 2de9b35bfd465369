// The metrics of a relay in Prometheus' text format, and the page that explains them. Pure.
//
// Every name, its type and its labels stand once, in the table in metrics.cc; docs/metrics.md is
// printed from it.
#pragma once

#include <string>

#include "observe/relay_report.h"

namespace relay {

// Version 0.0.4 of the text format. A metric whose value is not known has no sample.
std::string render_metrics(const RelayReport& report);

// The Content-Type that goes with it.
inline constexpr char kMetricsContentType[] = "text/plain; version=0.0.4; charset=utf-8";

// docs/metrics.md.
std::string render_metrics_reference();

}  // namespace relay
