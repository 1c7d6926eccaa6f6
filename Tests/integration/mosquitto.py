"""A real broker on a Unix socket, as a board has it, and a client that watches it."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from agent import PATIENCE, Inbox, eventually
from conftest import absent

PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


class Broker:
    """mosquitto, without a disk: after a restart it knows nothing, as after a power cut."""

    def __init__(self, folder: Path, more: str = "allow_anonymous true"):
        if not os.access(PROGRAM, os.X_OK):
            absent("mosquitto is not there: Tests/integration/install-tools")
        self.socket = folder / "broker.sock"
        self.log = folder / "broker.log"
        self._file = folder / "mosquitto.conf"
        # Started by root it would become another user, who may not write here.
        user = "user root\n" if os.geteuid() == 0 else ""
        self._file.write_text(
            f"{user}listener 0 {self.socket}\n{more}\nlog_type all\nlog_dest stderr\n"
        )
        self.process: subprocess.Popen | None = None
        self.start()

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "-c", self._file], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        eventually(lambda: self.socket.exists() or self.process.poll() is not None, "the broker")
        assert self.process.poll() is None, self.log.read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()


class Observer(Inbox):
    """Another client, which hears everything: (topic, payload, whether it was retained)."""

    def __init__(self, broker: Broker, user: tuple[str, str] | None = None):
        from paho.mqtt import client as mqtt

        super().__init__("broker")
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, transport="unix")
        if user:
            self._client.username_pw_set(*user)
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self.put("subscribed")
        self._client.on_message = lambda _, __, message: self.put(
            (message.topic, message.payload.decode(), message.retain)
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._client.connect(str(broker.socket))
                break
            except OSError:  # its socket is there a moment before it listens
                assert time.monotonic() < deadline, broker.log.read_text()
                time.sleep(0.01)
        self._client.loop_start()
        self.wait(lambda message: message == "subscribed")

    def on(self, topic: str, wanted=lambda payload: True, count: int = 1) -> list[str]:
        """The payloads of a topic that `wanted` accepts, once there are `count`."""
        found = self.wait(
            lambda message: message[0] == topic and wanted(message[1]), count
        )
        return [payload for _, payload, _ in found]

    def publish(self, topic: str, payload: str, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
