"""Reads an OpenMetrics page with Prometheus' own strict parser and prints it as JSON."""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = []
for family in text_string_to_metric_families(sys.stdin.read()):
    samples = [{"name": s.name, "labels": s.labels, "value": s.value} for s in family.samples]
    families.append({"name": family.name, "type": family.type, "unit": family.unit, "samples": samples})
json.dump(families, sys.stdout)
