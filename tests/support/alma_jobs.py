"""Jobs in the stand-in for Alma, calls that only other clients make: a job, and its runs.

Every job exists and does nothing: every run has already ended successfully [I].
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from procedure.simulation.alma.calls import BASE, ApiAnswer, ApiCall, Calls
from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.shapes import stamp
from procedure.simulation.alma.world import World


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of a job."""

    instance_id: str
    job_id: str
    at: datetime


_JOB = BASE + r"/conf/jobs/([^/]+)"
# [C: almapiwrapper] M for a manual job, S for a scheduled one, O for any other.
_KINDS = {"M": "MANUAL", "S": "SCHEDULED", "O": "OTHER"}


def _id_of(parts: Sequence[str]) -> str:
    if not re.fullmatch("[MSO]?[0-9]{1,20}", parts[0]):
        raise ApiRefusal("402215", parts[0])
    return parts[0]


def _job(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del world, call
    job = _id_of(parts)
    kind = _KINDS.get(job[0], "MANUAL")
    return ApiAnswer({"id": job, "name": f"Job {job}", "type": {"value": kind}}, "job")


def _run(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    job, op = _id_of(parts), call.op("run")
    if job.startswith("S"):
        raise ApiRefusal("402248")
    run = JobRun(world.new_id(), job, call.now)
    world.runs[run.instance_id] = run
    link = f"{call.base}{call.path}/instances/{run.instance_id}"
    info = {"value": f"Job no. {run.instance_id} triggered on {stamp(run.at)}", "link": link}
    return ApiAnswer({"id": job, "additional_info": info}, "job", effect=f"{op} job {job}")


def _instances(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    job, status = _id_of(parts), call.query.get("status", "COMPLETED_SUCCESS")
    runs = [run for run in reversed(world.runs.values()) if run.job_id == job]
    runs = runs if status == "COMPLETED_SUCCESS" else []
    body: dict[str, Any] = {"total_record_count": len(runs)}
    if page := call.page(runs):
        body["job_instance"] = [_body(run) for run in page]
    return ApiAnswer(body, "job_instances")


def _instance(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    del call
    run = world.runs.get(parts[1])
    if run is None or run.job_id != _id_of(parts):
        raise ApiRefusal("402218", parts[1])
    return ApiAnswer(_body(run), "job_instance")


def _body(run: JobRun) -> dict[str, Any]:
    return {
        "id": run.instance_id,
        "name": f"Job {run.job_id}",
        "submit_time": stamp(run.at),
        "start_time": stamp(run.at),
        "end_time": stamp(run.at),
        "progress": 100,
        "status": {"value": "COMPLETED_SUCCESS", "desc": "Completed Successfully"},
        "counter": [{"type": {"value": "label.records.processed"}, "value": "0"}],
        "job_info": {"id": run.job_id},
    }


CALLS: Calls = (
    ("GET", re.compile(_JOB), _job),
    ("POST", re.compile(_JOB), _run),
    ("GET", re.compile(_JOB + "/instances"), _instances),
    ("GET", re.compile(_JOB + "/instances/([^/]+)"), _instance),
)
