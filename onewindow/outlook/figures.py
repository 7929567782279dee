"""The forecasts in gauges (预测指标), for `/metrics`: public, so neither persons, matters nor classes stand in them.

Classes that count as many minutes earlier are one; the supervisor's report has each.
"""

from prometheus_client.core import GaugeMetricFamily

from onewindow.forecast.scoring import score
from onewindow.outlook.room import OutlookRoom

BY: tuple[str, ...] = ("zone", "credit_minutes")


def figures(room: OutlookRoom) -> list[GaugeMetricFamily]:
    """Today's scores by zone and credit, what is withheld, and how the engine does."""
    credit = {a.code: f"{a.credit_minutes:g}" for a in room.runtime.hall.settings.applicants}
    found = [(one, (one.zone, credit.get(one.applicant, "0"))) for one in room.scores.scored()]
    tickets = GaugeMetricFamily("onewindow_forecast_tickets", "Tickets whose wait was scored", labels=BY)
    wait = GaugeMetricFamily("onewindow_forecast_wait_seconds", "Their mean wait", labels=BY)
    mae = GaugeMetricFamily("onewindow_forecast_error_seconds", "Mean absolute error of the forecast", labels=BY)
    bias = GaugeMetricFamily("onewindow_forecast_bias_seconds", "Mean of forecast - wait", labels=BY)
    covered = GaugeMetricFamily("onewindow_forecast_coverage", "Share within the 80 % range", labels=BY)
    for labels in sorted({place for _, place in found}):
        own = score(one for one, place in found if place == labels)
        assert own is not None
        tickets.add_metric(labels, own.tickets)
        wait.add_metric(labels, own.mean_wait_seconds)
        mae.add_metric(labels, own.mae_seconds)
        bias.add_metric(labels, own.bias_seconds)
        if own.coverage is not None:
            covered.add_metric(labels, own.coverage)
    withheld = GaugeMetricFamily("onewindow_forecast_withheld", "1: the zone's waits are kept back", labels=["zone"])
    for zone in room.runtime.hall.zones:
        withheld.add_metric([zone], float(zone in room.scores.withheld))
    up = room.engine is not None and room.engine.ready
    source = GaugeMetricFamily("onewindow_forecast_source", "1: what computes the waits", labels=["source"])
    source.add_metric([room.computes or "down"], 1.0)
    return [
        *(tickets, wait, mae, bias, covered, withheld),
        GaugeMetricFamily("onewindow_forecast_up", "1: the worker is up", value=float(up)),
        source,
        GaugeMetricFamily("onewindow_forecast_path_ms", "The last path of means took", value=room.fallback.last_ms),
        GaugeMetricFamily("onewindow_forecast_run_ms", "The last forecast of an area took", value=room.last_ms),
    ]
