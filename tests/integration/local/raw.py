"""A client that sends bytes as they are, and what a port puts up with."""

import asyncio
from dataclasses import replace

from apimlb.local.server.reader import Limits
from tests.patience import PATIENCE

LIMITS = Limits(
    head=8192, body=65536, head_seconds=PATIENCE, body_seconds=PATIENCE, idle_seconds=30, linger_seconds=0.3
)
HASTY = replace(LIMITS, head_seconds=0.3, body_seconds=0.3)
"""For those who never send the rest."""


async def exchange(number, *parts):
    """Send the parts and read until the port closes; "(left open)" follows what was read if it never does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    received = b""
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(PATIENCE):
            while data := await reader.read(65536):
                received += data
    except (ConnectionError, TimeoutError):
        received += b"(left open)" if not reader.at_eof() else b""
    finally:
        writer.close()
    return received
