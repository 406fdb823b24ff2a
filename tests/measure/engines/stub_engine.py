"""A process that behaves like a serving engine's, well or badly: `stub_engine.py --port N BEHAVIOUR…`.

slow: healthy only after some requests. oom, flag, port: dies at start with that in its log. hang:
never serves. midway: dies when asked for /die. stubborn: ignores SIGTERM. orphan: a child in a
session of its own holds a second port. once=FILE: the first start dies at its 15th completion.
ill: from its 15th completion on it listens, but answers errors, as where a worker died.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOGS = {
    "oom": "(EngineCore pid=7) ERROR [core.py] ValueError: Free memory on device (3.22/4.0 GiB) on startup "
    "is less than desired GPU memory utilization (0.9, 3.6 GiB). Decrease GPU memory utilization.\n"
    "RuntimeError: Engine core initialization failed. See root cause above.",
    "flag": "usage: vllm serve [options]\nvllm: error: unrecognized arguments: --tensor-paralel-size 2",
    "port": "OSError: [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): "
    "address already in use",
    "exception": "Traceback (most recent call last):\n  File \"x.py\", line 1\nKeyError: 'layers.0.weird'",
    "silent": "",
}


class Handler(BaseHTTPRequestHandler):
    asked = 0
    completed = 0
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else tokens arrive all at once

    def do_GET(self) -> None:
        Handler.asked += 1
        if self.path == "/die":
            print("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", flush=True)
            os._exit(9)
        busy = ("slow" in sys.argv and Handler.asked < 4) or ill()
        body = json.dumps({"object": "list", "data": [{"id": "stub", "owned_by": "vllm"}]}).encode()
        self.send_response(503 if busy else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """A completion of as many tokens as it asks for."""
        Handler.completed += 1
        if Handler.completed == 15 and first_of_its_file():
            self.path = "/die"
            self.do_GET()
        if ill():
            self.send_error(500, "EngineDeadError")
            return
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        token = {"choices": [{"index": 0, "text": " a", "finish_reason": None}]}
        usage = {"prompt_tokens": len(asked["prompt"]), "completion_tokens": asked["max_tokens"]}
        events = [token] * asked["max_tokens"] + [{"choices": [], "usage": usage}]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for text in (*map(json.dumps, events), "[DONE]"):
            event = f"data: {text}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
            self.wfile.flush()
            time.sleep(0.002)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:
        pass


def first_of_its_file() -> bool:
    for name in (word.removeprefix("once=") for word in sys.argv if word.startswith("once=")):
        try:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True
    return False


def ill() -> bool:
    return "ill" in sys.argv and Handler.completed >= 15


def main() -> None:
    port = int(sys.argv[sys.argv.index("--port") + 1])
    if "echo" in sys.argv:  # as engines do that print their arguments
        print("arguments:", sys.argv, os.environ.get("DB_PASSWORD"), flush=True)
    for name, text in LOGS.items():
        if name in sys.argv:
            print(text, flush=True)
            sys.exit(1 if name != "flag" else 2)
    if "stubborn" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "orphan" in sys.argv:
        code = f"import socket,time; s=socket.create_server(('127.0.0.1',{sys.argv[-1]})); time.sleep(600)"
        subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(sys.argv[-1]))).close()
                break
            except OSError:
                time.sleep(0.02)
    if "hang" in sys.argv:
        print("loading weights …", flush=True)
        time.sleep(600)
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
