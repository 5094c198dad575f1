"""The library `openai`: Responses."""

import json
from typing import get_args

import openai
from openai.types.responses import Response, ResponseStreamEvent

from base import Base
from shared import GATEWAY, GIVEN, KEY, PIXEL, SYSTEM, TOOLS, Call, Refused, Report, Said, schema_of

# The events' types by their names, so that an error tells of one of them only.
EVENTS = {
    name: event
    for event in get_args(get_args(ResponseStreamEvent)[0])
    for name in get_args(event.model_fields["type"].annotation)
}


class StreamFailed(Exception):
    """The library tells some errors within a stream as events."""


class Client(Base):
    errors = {
        "fail:429": openai.RateLimitError,
        "fail:500": openai.InternalServerError,
        "break:503": (openai.APIError, StreamFailed),
        "break:off": (openai.APIError, StreamFailed),
    }

    def __init__(self):
        self.client = openai.AsyncOpenAI(base_url=f"{GATEWAY}/v1", api_key=KEY, max_retries=0, timeout=60)

    async def ask(self, ask):
        try:
            if ask.schema:
                return said(await self.client.responses.parse(**request(ask), text_format=Report))
            if not ask.stream:
                return said(await self.client.responses.create(**request(ask)))
            return await self.streamed(ask)
        except openai.BadRequestError as error:
            raise Refused(error.body["message"]) from error

    async def streamed(self, ask):
        pieces, thinking = 0, ""
        async with self.client.responses.stream(**request(ask)) as stream:
            async for event in stream:
                raw = event.to_dict(mode="json", warnings=False)
                if event.type in ("error", "response.failed"):
                    raise StreamFailed(raw)
                EVENTS[event.type].model_validate(raw)
                pieces += event.type == "response.output_text.delta"
                thinking += event.delta if event.type == "response.reasoning_summary_text.delta" else ""
            answer = said(await stream.get_final_response())
        answer.pieces = pieces
        assert answer.thinking == thinking, thinking
        return answer

    async def first_piece(self, ask):
        stream = await self.client.responses.create(**request(ask), stream=True)
        async for event in stream:
            if event.type == "response.output_text.delta":
                break
        await stream.close()


def request(ask):
    content = [{"type": "input_text", "text": ask.text}]
    if ask.image:
        url = f"data:image/png;base64,{PIXEL}" if ask.image is True else ask.image
        content.append({"type": "input_image", "image_url": url, "detail": "auto"})
    items = [{"role": "user", "content": content}]
    if ask.before:
        items += ask.before.turn
        for call, given in zip(ask.before.calls, GIVEN):
            items.append({"type": "function_call_output", "call_id": call.id, "output": given})
    request = {"model": ask.model, "instructions": SYSTEM, "input": items, "store": False}
    if ask.tools:
        request["tools"] = [
            {"type": "function", "name": name, "description": text, "parameters": schema_of(model), "strict": True}
            for name, (text, model) in TOOLS.items()
        ]
    if ask.thinking:
        request["reasoning"] = {"effort": "high", "summary": "auto"}
    return request


def said(reply):
    Response.model_validate(reply.to_dict(mode="json", warnings=False))
    calls = [item for item in reply.output if item.type == "function_call"]
    thoughts = [item for item in reply.output if item.type == "reasoning"]
    done = reply.status == "completed"
    return Said(
        text=reply.output_text,
        thinking="".join(part.text for item in thoughts for part in item.summary),
        calls=[Call(call.call_id, call.name, json.loads(call.arguments)) for call in calls],
        finish=("tools" if calls else "stop") if done else None,
        input=reply.usage and reply.usage.input_tokens,
        output=reply.usage and reply.usage.output_tokens,
        parsed=getattr(reply, "output_parsed", None),
        turn=[turn(item) for item in reply.output],
    )


def turn(item):
    turn = {name: value for name, value in item.to_dict(warnings=False).items() if value is not None}
    turn.pop("parsed_arguments", None)
    return turn
