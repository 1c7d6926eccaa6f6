"""Goal: boards that lose their servers in the same moment and get them back in the same moment do
not come at once, are served all the same, and each record arrives exactly once.
Method: as many processes of the shipped executable as boards, each with a store and a user of its
own; a real nginx, whose log is what is judged; a real MLflow behind it, and a receiver that keeps
each event once. `Tests/fleet/fleet` runs it at full length, test_fleet.py briefly."""

import argparse
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

import herd
from conftest import ROOT
from devices import CONFIGURATION, MODEL, Devices, Owner, Template
from front import Front, Request
from mlflow_server import MLflowServer
from receiver import Receiver

BACK_SECONDS = 300
"""So long after an outage's end a board may be without its records sent and its model current."""
END_SECONDS = 10
MEMORY_KIB = 8 * 1024
RETRY_CAP_SECONDS = 240
"""SyncLimits.retryCapMilliseconds: with it the full jitter of a back-off has the density 2 /
cap."""
WAIT_SPREAD_SECONDS = 10
"""SyncLimits.waitSpreadMilliseconds, of a Retry-After up to 40 s."""


@dataclass
class Plan:
    devices: int = 1000
    outage: float = 600
    interval: str = "5m"
    start: float = 60
    """Seconds over which the boards are switched on."""
    retry_after: int = 30
    at_once: int = 32
    seed: int = 1

    @property
    def interval_seconds(self) -> float:
        return float(self.interval[:-1]) * {"s": 1, "m": 60, "h": 3600}[self.interval[-1]]

    @property
    def returning_a_second(self) -> int:
        """Boards that may begin a round in one second after the outage.

        Waits are even between 0 and the cap, so in any moment 2 / cap of the boards a second come
        to one server, and each board has two. For a thousand boards and a cap of four minutes that
        is 1.7 % of them, and 3 % is promised. Smaller fleets and shorter intervals are judged by
        what chance makes of that density."""
        cap = min(RETRY_CAP_SECONDS, self.interval_seconds)
        if self.devices >= 1000 and cap == RETRY_CAP_SECONDS:
            return int(herd.SHARE_MAX * self.devices)
        return herd.largest_by_chance(self.devices, 4 / cap, BACK_SECONDS)

    @property
    def busy(self) -> float:
        """Seconds for which everybody is told to come later."""
        return max(2 * self.retry_after, self.alerts + 2)

    @property
    def alerts(self) -> float:
        """Seconds over which each board gets an alert then: as long as it takes a board from one
        such answer to its next try, on average. So the load is even from the first to the last."""
        return self.retry_after + WAIT_SPREAD_SECONDS / 2

    @property
    def released_a_second(self) -> int:
        """Boards that may come to one server in one second once they are served again.

        Who met a 503 comes once in `alerts` seconds, so of all boards 1 / alerts in a second (2.9 %
        for 30 s) are what one server has to expect. 3 % of all or that, and what chance makes of it
        in so many seconds. A herd would be all of them in one."""
        share = max(herd.SHARE_MAX, 1 / self.alerts)
        return herd.largest_by_chance(self.devices, share, int(self.busy))

    @property
    def polling_a_second(self) -> int:
        """Boards that may come to the registry in one second then.

        It answered all along, so the boards still come in the order of their return, one interval
        later less a random part of a quarter of it: what came in one second is spread over that
        quarter. Of a long interval that is less than 3 %."""
        share = min(1, max(herd.SHARE_MAX, 4 / self.interval_seconds))
        return herd.largest_by_chance(self.devices, share, int(self.busy))


class Run:
    def __init__(self, plan: Plan, mlflow: MLflowServer, executable: Path, folder: Path, say=print):
        self.plan, self._mlflow, self._folder = plan, mlflow, folder
        self.passed = self.failed = 0
        self._say = say
        self._numbers: dict[str, str] = {}
        """MLflow's, by the version of the bundle."""
        folder.chmod(0o755)  # each board is another user
        copy = folder / "edgeagent"
        shutil.copy(executable, copy)
        self._owner = Owner(folder / "owner", copy, ROOT / "models" / MODEL / "1")
        self._receiver = Receiver(keeps=True)
        self._front = Front(
            folder / "front", mlflow.port, self._receiver.port, at_once=plan.at_once
        )
        text = CONFIGURATION.replace("SERVER", self._front.url).replace("INTERVAL", plan.interval)
        first = self._owner.bundle("1")
        template = Template(folder / "template", copy, self._owner, first, text)
        self._publish(first)
        self._chance = random.Random(plan.seed)
        self._devices = Devices(plan.devices, folder / "boards", copy, template, text, self._chance)
        self._say(
            f"{plan.devices} boards, interval {plan.interval}, outage {plan.outage:g} s, "
            f"seed {plan.seed}; load of the machine {os.getloadavg()[0]:.1f} "
            f"on {os.cpu_count()} processors"
        )

    def everything(self) -> None:
        try:
            self._starts()
            returned = self._outage()
            self._herd(returned)
            self._busy()
            self._ends()
        finally:
            self.close()

    def close(self) -> None:
        self._devices.close()
        self._front.close()
        self._receiver.close()

    # MARK: the scenes

    def _starts(self) -> None:
        self._front.start()
        for device in self._devices:
            self._devices.add(device, results=3, alerts=0)
        begin = time.monotonic()
        self._devices.start(self.plan.start)
        settled = self._settle("1", begin + self.plan.start + BACK_SECONDS)
        self._check(
            "all adopt version 1 and send their first records",
            settled is not None,
            f"{(settled or 0) - begin - self.plan.start:.1f} s after the last start; "
            f"{self._behind('1')}",
        )
        self._served("the start", self._front.requests())

    def _outage(self) -> float:
        """Returns when the servers were back."""
        plan = self.plan
        self._front.stop()
        begin = time.monotonic()
        for index, device in enumerate(self._devices.evenly(plan.outage / 2)):
            self._devices.add(device, results=5, alerts=index % 3 == 0)
            if index == plan.devices // 2:
                self._publish(self._owner.bundle("2"))
        time.sleep(max(0, begin + plan.outage - time.monotonic()))
        changed = self._devices.behind("1")
        self._check(
            "the outage reaches all: version 1 scores on, and nothing arrives",
            not changed and len(self._receiver.events) < len(self._devices.bodies),
            f"{len(self._devices.bodies) - len(self._receiver.events)} records wait; "
            f"not at 1: {changed[:5]}",
        )
        returned = self._front.start()
        begin = time.monotonic()
        settled = self._settle("2", begin + BACK_SECONDS)
        self._check(
            f"all have version 2 and have sent everything within {BACK_SECONDS} s of the return",
            settled is not None,
            f"{(settled or 0) - begin:.1f} s; {self._behind('2')}",
        )
        # The polls that follow are not to be a herd either.
        watched = min(BACK_SECONDS, self.plan.interval_seconds)
        time.sleep(max(0, begin + watched - time.monotonic()))
        return returned

    def _herd(self, returned: float) -> None:
        plan = self.plan
        requests = [r for r in self._front.requests() if r.begin >= returned]
        firsts = herd.firsts(requests)
        rounds = [request for request in requests if request.opens]
        self._check(
            f"no second after the return has more than {plan.returning_a_second} boards that "
            "begin a round",
            len(firsts) == plan.devices
            and max(herd.a_second(rounds, returned).values()) <= plan.returning_a_second,
            f"{len(firsts)} boards came; {self._spread(rounds, returned)}",
        )
        self._say(f"  first requests: {self._spread(firsts, returned)}")
        self._say(f"  all requests: {self._spread(requests, returned)}")
        self._served("the return", requests)
        told = self._tagged(self._numbers["2"])
        words = "the owner is told by each that version 2 scores"
        self._check(words, told == plan.devices, f"{told}")

    def _busy(self) -> None:
        plan, seconds = self.plan, self.plan.retry_after
        since = time.time()
        self._front.be_busy(seconds)
        begin = time.monotonic()
        for device in self._devices.evenly(plan.alerts):
            self._devices.add(device, results=0, alerts=1)
        time.sleep(max(0, begin + plan.busy - time.monotonic()))
        free = time.time()
        self._front.serve()
        patience = seconds + WAIT_SPREAD_SECONDS + 20
        settled = self._settle("2", time.monotonic() + patience)
        requests = [request for request in self._front.requests() if request.begin >= since]
        uplink = [request for request in requests if request.lane == "uplink"]
        told = {r.device for r in uplink if r.retry_after == seconds}
        self._check(
            f"the receiver tells each to come again in {seconds} s, within {plan.busy:g} s",
            len(told) == plan.devices,
            f"{len(told)} boards, {sum(r.retry_after == seconds for r in uplink)} answers",
        )
        asked, broken, spare = herd.early(self._front.requests())
        self._check(
            "no board asks a server before its Retry-After has passed",
            broken == 0 and asked >= plan.devices,
            f"{asked} waits, {broken} cut short, at least {spare:.2f} s to spare",
        )
        rounds = [request for request in requests if request.opens and request.begin >= free]
        most = {
            lane: max(
                herd.a_second([r for r in rounds if r.lane == lane], free).values(), default=0
            )
            for lane in ("uplink", "registry")
        }
        self._check(
            f"no second after that has more than {plan.released_a_second} boards at the uplink, "
            f"and {plan.polling_a_second} at the registry",
            bool(rounds)
            and most["uplink"] <= plan.released_a_second
            and most["registry"] <= plan.polling_a_second,
            f"{most['uplink']} and {most['registry']}; at both: {self._spread(rounds, free)}",
        )
        self._check(
            f"the alerts of that time are all there within {patience} s",
            settled is not None,
            self._behind("2"),
        )

    def _ends(self) -> None:
        sent, events = self._devices.bodies, self._receiver.events
        different = [
            (event["source"], event["id"])
            for event in self._receiver.bodies
            if sent.get((event["source"], event["id"])) != event["data"]
        ]
        self._check(
            "what was received is what was sent, each record once",
            sent.keys() == events.keys() and not different and not self._receiver.conflicts,
            f"{len(sent)} records sent, {len(events)} received, {len(different)} different, "
            f"{len(self._receiver.conflicts)} conflicts; "
            f"{self._receiver.arrivals - len(events)} came a second time "
            "and were known by their names",
        )
        ended = [device.name for device in self._devices if device.process.poll() is not None]
        self._check("none has ended by itself", not ended, f"{ended[:5]}")
        memory = [device.memory() for device in self._devices if device.process.poll() is None]
        residents, peaks, shares = zip(*memory, strict=True)
        self._check(
            f"each stays below {MEMORY_KIB} KiB",
            max(peaks) <= MEMORY_KIB,
            f"resident at most {max(peaks)} KiB, now {max(residents)} KiB; "
            f"all together {sum(shares) / 1024:.0f} MiB, shared pages counted once",
        )
        seconds, bad = self._devices.stop(END_SECONDS)
        self._check(
            f"SIGTERM ends all with 0 within {END_SECONDS} s", not bad, f"{seconds:.1f} s {bad[:5]}"
        )
        remains = self._devices.remains()
        self._check("no process is left", not remains, f"{remains[:5]}")

    # MARK: parts

    def _publish(self, bundle: Path) -> None:
        """To MLflow itself: its owner does not come through the boards' door."""
        self._numbers[bundle.name] = self._mlflow.publish(bundle, "champion")

    def _tagged(self, number: str) -> int:
        tags = self._mlflow.tags(MODEL, number)
        return sum(tags.get(f"edgeagent.agent.{d.name}") == "active" for d in self._devices)

    def _settle(self, version: str, deadline: float) -> float | None:
        """When all records were there, and all boards at that version; nil when they were not."""
        devices, receiver = self._devices, self._receiver
        while devices.behind(version) or len(receiver.events) < len(devices.bodies):
            if time.monotonic() > deadline:
                return None
            time.sleep(0.5)
        return time.monotonic()

    def _behind(self, version: str) -> str:
        behind = self._devices.behind(version)
        missing = self._devices.bodies.keys() - self._receiver.events.keys()
        late = f"not at version {version}: {len(behind)} {behind[:5]}"
        return f"{late}; not there: {len(missing)} records"

    def _spread(self, requests: list[Request], start: float) -> str:
        seconds = herd.a_second(requests, start)
        second, most = seconds.most_common(1)[0]
        p50, p90, last = (herd.at(part, requests, start) for part in (0.5, 0.9, 1))
        return (
            f"at most {most} boards a second ({most / self.plan.devices:.1%}, in second {second}); "
            f"half within {p50:.1f} s, 90 % within {p90:.1f} s, all within {last:.1f} s"
        )

    def _served(self, name: str, requests: list[Request]) -> None:
        """What the servers had to do."""
        for lane in ("registry", "uplink"):
            asked = [request for request in requests if request.lane == lane]
            took = sorted(request.end - request.begin for request in asked)
            rates = [0] * (int(asked[-1].begin - asked[0].begin) + 1)
            for request in asked:
                rates[int(request.begin - asked[0].begin)] += 1
            busy = sum(request.status == 503 for request in asked)
            faults = sum(request.status >= 500 for request in asked) - busy
            self._say(
                f"  {name}, {lane}: {len(asked)} requests, "
                f"{sum(r.bytes for r in asked) / 1e6:.1f} MB, "
                f"mean {len(asked) / len(rates):.1f}/s, at most {max(rates)}/s; "
                f"p50 {took[len(took) // 2]:.3f} s, p99 {took[int(len(took) * 0.99)]:.3f} s; "
                f"{busy} told to come later, {faults} other 5xx"
            )

    def _check(self, what: str, is_so: bool, detail: str) -> None:
        if is_so:
            self.passed += 1
        else:
            self.failed += 1
        self._say(f"{'ok' if is_so else 'FAILED'}: {what}: {detail}")


def limits(devices: int) -> str | None:
    """What of this machine's would make another test of it."""
    # Three files of each store.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 4 * devices + 1000:
        return f"{devices} boards need {4 * devices + 1000} open files; ulimit -Hn is {most}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if os.geteuid() != 0:
        allowed = int(Path("/proc/sys/fs/inotify/max_user_instances").read_text())
        if allowed < devices + 64:
            return (
                f"{devices} boards of one user need fs.inotify.max_user_instances={devices + 64}; "
                f"it is {allowed}. As root each board is a user"
            )
    return None


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    plan = Plan()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("executable", type=Path)
    parser.add_argument("--devices", type=int, default=plan.devices)
    parser.add_argument("--outage", type=float, default=plan.outage, help="seconds")
    parser.add_argument("--interval", default=plan.interval)
    parser.add_argument("--start", type=float, default=plan.start, help="seconds for all to start")
    parser.add_argument("--retry-after", type=int, default=plan.retry_after, help="seconds")
    parser.add_argument("--at-once", type=int, default=plan.at_once, help="requests to MLflow")
    parser.add_argument("--workers", type=int, default=4, help="of MLflow")
    parser.add_argument("--seed", type=int, default=plan.seed)
    parser.add_argument("--keep", action="store_true", help="the folder with all logs")
    words = vars(parser.parse_args())
    executable, workers, keep = (words.pop(key) for key in ("executable", "workers", "keep"))
    plan = Plan(**words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    if trouble := limits(plan.devices):
        sys.exit(trouble)
    folder = Path(tempfile.mkdtemp(prefix="edgeagent-fleet-"))
    begin = time.monotonic()
    (folder / "mlflow").mkdir()
    mlflow = MLflowServer(folder / "mlflow", workers)
    run = None
    try:
        run = Run(plan, mlflow, executable.resolve(), folder)
        run.everything()
    finally:
        mlflow.close()
        if keep:
            print(f"logs: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{time.monotonic() - begin:.0f} s")
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
