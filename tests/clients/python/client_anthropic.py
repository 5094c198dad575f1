"""The library `anthropic`: Messages."""

import anthropic
from anthropic.types import Message

from base import Base
from shared import GATEWAY, GIVEN, KEY, PIXEL, SYSTEM, TOOLS, Call, Refused, Report, Said, schema_of

FINISH = {"end_turn": "stop", "tool_use": "tools"}


class Client(Base):
    errors = {
        "fail:429": anthropic.RateLimitError,
        "fail:500": anthropic.InternalServerError,
        "break:503": anthropic.APIStatusError,
        "break:off": anthropic.APIStatusError,
    }

    def __init__(self):
        self.client = anthropic.AsyncAnthropic(base_url=GATEWAY, api_key=KEY, max_retries=0, timeout=60)

    async def ask(self, ask):
        try:
            if ask.schema:
                return said(await self.client.messages.parse(**request(ask), output_format=Report))
            if not ask.stream:
                return said(await self.client.messages.create(**request(ask)))
            return await self.streamed(ask)
        except anthropic.BadRequestError as error:
            raise Refused(error.body["error"]["message"]) from error

    async def streamed(self, ask):
        pieces, thinking = 0, ""
        async with self.client.messages.stream(**request(ask)) as stream:
            async for event in stream:
                pieces += event.type == "text"
                thinking += event.thinking if event.type == "thinking" else ""
            answer = said(await stream.get_final_message())
        answer.pieces = pieces
        assert answer.thinking == thinking, thinking
        return answer

    async def first_piece(self, ask):
        async with self.client.messages.stream(**request(ask)) as stream:
            async for _ in stream.text_stream:
                break

    async def models(self, model, mark):
        provider = model.split("/")[0]
        listed = [listed async for listed in self.client.models.list()]
        assert f"{provider}/mock-small" in [model.id for model in listed], listed
        for model in listed:
            type(model).model_validate(model.to_dict())
        one = await self.client.models.retrieve(f"{provider}/mock-small")
        assert one.id == f"{provider}/mock-small", one

    async def count(self, model, mark):
        try:
            counted = await self.client.messages.count_tokens(
                model=model, system=SYSTEM, messages=[{"role": "user", "content": f"{mark} three words"}]
            )
        except anthropic.APIStatusError as error:
            raise Refused(error.body["error"]["message"]) from error
        assert counted.input_tokens == 7, counted


def request(ask):
    content = ask.text
    if ask.image:
        source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
        if ask.image is not True:
            source = {"type": "url", "url": ask.image}
        content = [{"type": "image", "source": source}, {"type": "text", "text": ask.text}]
    messages = [{"role": "user", "content": content}]
    if ask.before:
        results = zip(ask.before.calls, GIVEN)
        results = [{"type": "tool_result", "tool_use_id": call.id, "content": given} for call, given in results]
        messages += [ask.before.turn, {"role": "user", "content": results}]
    request = {"model": ask.model, "max_tokens": 4096, "system": SYSTEM, "messages": messages}
    if ask.tools:
        request["tools"] = [
            {"name": name, "description": text, "input_schema": schema_of(model)} for name, (text, model) in TOOLS.items()
        ]
    if ask.thinking:
        request["thinking"] = {"type": "enabled", "budget_tokens": 2048}
    return request


def said(reply):
    Message.model_validate(reply.to_dict(mode="json", warnings=False))
    of = lambda kind: [block for block in reply.content if block.type == kind]
    content = [block.to_dict(warnings=False) for block in reply.content]
    for block in content:
        block.pop("parsed_output", None)
    return Said(
        text="".join(block.text for block in of("text")),
        thinking="".join(block.thinking for block in of("thinking")),
        calls=[Call(block.id, block.name, block.input) for block in of("tool_use")],
        finish=FINISH.get(reply.stop_reason),
        input=reply.usage.input_tokens,
        output=reply.usage.output_tokens,
        parsed=getattr(reply, "parsed_output", None),
        turn={"role": "assistant", "content": content},
    )


Client.cases = {"models": Client.models, "count tokens": Client.count}
