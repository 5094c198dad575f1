"""Runs the cells that stdin names, all at once, and writes a JSON line about each."""

import asyncio
import importlib
import json
import logging
import os
import sys
import traceback

from shared import CASES, Refused

# At once as many as two cores can answer before somebody runs out of patience.
AT_ONCE = 24
PATIENCE = 60


async def cell(clients, turnstile, name, provider, case):
    mark = f"cell-{name}.{provider}.{case}".replace(" ", "-")
    client = clients[name]
    run = client.cases.get(case) or CASES[case]
    async with turnstile:
        try:
            await asyncio.wait_for(run(client, f"{provider}/{client.model(provider)}", mark), PATIENCE)
            outcome, note = "passed", ""
        except Refused as refusal:
            outcome, note = "refused", str(refusal)
        except Exception as error:
            if os.environ.get("TRACE"):
                traceback.print_exc()
            outcome, note = "failed", f"{type(error).__name__}: {error}"
    line = {"client": name, "provider": provider, "case": case, "outcome": outcome, "note": note}
    print(json.dumps(line), flush=True)


async def main():
    cells = json.load(sys.stdin)
    names = sorted({name for name, _, _ in cells})
    clients = {name: importlib.import_module("client_" + name.replace("-", "_")).Client() for name in names}
    turnstile = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(cell(clients, turnstile, *named) for named in cells))


logging.disable(logging.CRITICAL)
asyncio.run(main())
