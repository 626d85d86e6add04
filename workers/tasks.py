"""The task: a turn's id in, one call to a fat function. The queue that it came through names the work."""

import logging
from typing import Any

from celery.signals import worker_ready

from workers.celery_app import app
from workers.doorbell import TASK
from workers.house import house
from workers.sweeper import Sweeper
from workers.turn.answer import answer

log = logging.getLogger(__name__)


@app.task(name=TASK, ignore_result=True, bind=True)  # type: ignore[untyped-decorator]
def turn(task: Any, turn_id: int) -> None:
    if not isinstance(turn_id, int):
        log.error("doorbell rang with something that is no turn id: type=%s", type(turn_id).__name__)
        return
    answer(house(), turn_id, task.request.delivery_info["routing_key"])


@worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]
def start_sweeping(**_: object) -> None:
    Sweeper(house()).start()
