"""`videohub doctor` beside a running hub."""

from __future__ import annotations

import json

from tests.end_to_end.hub import Hub


def test_the_doctor_meets_the_hub(shared_hub: Hub) -> None:
    started = shared_hub.command("doctor", "--json")
    said, _ = started.communicate(timeout=60)
    states = {found["what"]: found["state"] for found in json.loads(said)["findings"]}
    assert states[f"a hub answers at 127.0.0.1:{shared_hub.port}"] == "ok"
    assert states["the database is at this release's schema"] == "ok"
    assert states[f"the secret {shared_hub.data_dir}/secret is long enough"] == "ok"
