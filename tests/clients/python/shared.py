"""What every client is asked, and what must come back. Clients differ only in how they are asked."""

import asyncio
import json
import os
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx
from pydantic import BaseModel

GATEWAY = os.environ["GATEWAY"]
MOCK = os.environ["MOCK"]
# Nothing that opens anything; the gateway passes no client's key on.
KEY = "a-client-key"
SYSTEM = "Answer in one line."
# A PNG of one pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

LINK = "https://pictures.example/tide.png"


class Report(BaseModel):
    """The structured output that is asked for."""

    place: str
    degrees: int
    sky: Literal["clear", "cloudy"]
    notes: list[str]


class WeatherArgs(BaseModel):
    city: str


class ClockArgs(BaseModel):
    zone: str
    seconds: bool


TOOLS = {"weather": ("The weather of a city.", WeatherArgs), "clock": ("The time in a zone.", ClockArgs)}
WANTED = [("weather", {"city": "Brest"}), ("clock", {"zone": "Asia/Tokyo", "seconds": True})]
GIVEN = ["12 degrees", "noon exactly"]


@dataclass
class Call:
    id: str
    name: str
    arguments: Any


@dataclass
class Said:
    """An answer, as a client's library tells it."""

    text: str = ""
    thinking: str = ""
    calls: list[Call] = field(default_factory=list)
    # One of stop, tools; what the library says is translated by each client.
    finish: str | None = None
    input: int | None = None
    output: int | None = None
    pieces: int = 0
    parsed: Any = None
    # The answer as the library wants it back in the next request.
    turn: Any = None


@dataclass
class Ask:
    """A request, as every client's library can say it."""

    model: str
    text: str
    stream: bool = False
    # The picture of one pixel, or a link to one.
    image: bool | str = False
    tools: bool = False
    schema: bool = False
    thinking: bool = False
    # The answer with calls, and what the tools gave.
    before: Said | None = None


class Refused(Exception):
    """The gateway says that this can't be said to the provider."""


class Broken(Exception):
    """The answer isn't what it must be."""


def check(what, found, expected):
    if found != expected:
        raise Broken(f"{what} is {found!r}, not {expected!r}")


def words(*texts):
    return sum(len(text.split()) for text in texts)


def schema_of(model):
    """A schema without what only Python's generator writes."""
    schema = model.model_json_schema()
    schema.pop("title", None)
    schema.pop("description", None)
    for value in schema["properties"].values():
        value.pop("title", None)
    schema["additionalProperties"] = False
    return schema


async def requests(mark):
    """What providers were sent that begins with this mark."""
    async with httpx.AsyncClient() as client:
        reply = await client.get(f"{MOCK}/__mock/requests?" + urllib.parse.urlencode({"containing": f"{mark} "}))
        return reply.json()


async def plain(client, model, mark):
    ask = Ask(model, f"{mark} good morning")
    answer_is(await client.ask(ask), ask)


async def stream(client, model, mark):
    ask = Ask(model, f"{mark} a text of some more words than fit into one piece", stream=True)
    said = await client.ask(ask)
    answer_is(said, ask)
    if said.pieces < 2:
        raise Broken(f"the text came in {said.pieces} piece")


def answer_is(said, ask):
    check("the text", said.text, f"echo: {ask.text}")
    check("the finish", said.finish, "stop")
    check("the calls", said.calls, [])
    check("the input's tokens", said.input, words(SYSTEM, ask.text))
    check("the output's tokens", said.output, words("echo:", ask.text))


async def tools(client, model, mark, stream=False):
    asked = " ".join(f"call:{name} {json.dumps(arguments)}" for name, arguments in WANTED)
    ask = Ask(model, f"{mark} {asked}", tools=True, stream=stream)
    said = await client.ask(ask)
    check("the calls", [(call.name, call.arguments) for call in said.calls], WANTED)
    check("the finish", said.finish, "tools")
    if client.has_ids and len({call.id for call in said.calls}) != len(WANTED):
        raise Broken(f"the calls' ids are {[call.id for call in said.calls]}")
    ask.before = said
    said = await client.ask(ask)
    check("the text", said.text, "echo: " + " ".join(GIVEN))
    check("the finish", said.finish, "stop")


async def tools_stream(client, model, mark):
    await tools(client, model, mark, stream=True)


async def image(client, model, mark):
    said = await client.ask(Ask(model, f"{mark} what is this", image=True))
    if said.text not in (f"echo: {mark} what is this [image]", f"echo: [image] {mark} what is this"):
        raise Broken(f"the text is {said.text!r}")
    [request] = await requests(mark)
    # Some write base64 in the alphabet of addresses, as only their own vendor reads it.
    own = mark.startswith("cell-genai.google")
    if (PIXEL.replace("+", "-").replace("/", "_") if own else PIXEL) not in json.dumps(request["body"]):
        raise Broken(f"the provider gets other bytes: {request['body']}")


async def image_link(client, model, mark):
    said = await client.ask(Ask(model, f"{mark} what is there", image=LINK))
    check("the text", said.text.replace("[image]", "").split(), ["echo:", mark, "what", "is", "there"])
    [request] = await requests(mark)
    if LINK not in json.dumps(request["body"]):
        raise Broken(f"the provider gets another link: {request['body']}")


async def embeddings(client, model, mark):
    texts = [f"{mark} a text", "another", f"{mark} a text"]
    vectors, tokens = await client.embed(f"{model.split('/')[0]}/mock-vectors", texts)
    check("the number of vectors", len(vectors), 3)
    check("the vector of the same text", vectors[0], vectors[2])
    if vectors[0] == vectors[1] or not all(isinstance(value, float) for value in vectors[0]):
        raise Broken(f"the vectors are {vectors}")
    check("the tokens", tokens, words(*texts) if tokens is not None else None)


async def structured(client, model, mark):
    said = await client.ask(Ask(model, f"{mark} weather report", schema=True))
    report = said.parsed if said.parsed is not None else Report.model_validate_json(said.text)
    check("the report's type", type(report), Report)
    check("the report's sky", report.sky, "clear")
    check("the report's place", report.place, f"{mark} weather report")


async def reasoning(client, model, mark, stream=False):
    ask = Ask(model, f"{mark} think about the tides and the moon", thinking=True, stream=stream)
    said = await client.ask(ask)
    check("the text", said.text, f"echo: {ask.text}")
    check("the thinking", said.thinking, f"thought: {ask.text}")


async def reasoning_stream(client, model, mark):
    await reasoning(client, model, mark, stream=True)


async def reasoning_tools(client, model, mark):
    asked = " ".join(f"call:{name} {json.dumps(arguments)}" for name, arguments in WANTED)
    ask = Ask(model, f"{mark} {asked}", tools=True, thinking=True, stream=True)
    said = await client.ask(ask)
    check("the thinking", said.thinking, f"thought: {ask.text}")
    check("the calls", [(call.name, call.arguments) for call in said.calls], WANTED)
    ask.before = said
    said = await client.ask(ask)
    check("the text", said.text, "echo: " + " ".join(GIVEN))


async def errors(client, model, mark):
    for word, stream in [("fail:429", False), ("fail:429", True), ("fail:500", False), ("break:503", True), ("break:off", True)]:
        # More than one piece, so that the middle comes after the first.
        ask = Ask(model, f"{mark} {word} and some more words so that it takes many pieces", stream=stream)
        kinds = client.errors[word]
        try:
            said = await client.ask(ask)
        except kinds as error:
            found = client.status(error)
            wanted = {"fail:429": (429,), "fail:500": (500, 502)}.get(word)
            if wanted and found not in wanted:
                raise Broken(f"{word}: the status is {found}: {error}") from error
            continue
        except Exception as error:
            raise Broken(f"{word}: {type(error).__name__} came, not {kinds}: {error}") from error
        raise Broken(f"{word} (stream: {stream}) was answered with {said}")


async def cancel(client, model, mark):
    text = f"{mark} slow:50ms " + "word " * 400
    await asyncio.wait_for(client.first_piece(Ask(model, text.strip(), stream=True)), 20)
    for _ in range(100):
        found = await requests(mark)
        if found and found[-1]["state"] == "cancelled":
            return
        await asyncio.sleep(0.1)
    raise Broken(f"the provider's stream went on: {[request['state'] for request in found]}")


CASES = {
    "plain": plain,
    "stream": stream,
    "tools": tools,
    "tools stream": tools_stream,
    "image": image,
    "structured": structured,
    "reasoning": reasoning,
    "reasoning stream": reasoning_stream,
    "reasoning tools": reasoning_tools,
    "errors": errors,
    "cancel": cancel,
    "image link": image_link,
    "embeddings": embeddings,
}
