"""The library `ollama`: chat."""

import ollama

from base import Base
from shared import GATEWAY, GIVEN, KEY, PIXEL, SYSTEM, TOOLS, Call, Refused, Report, Said, schema_of


class Client(Base):
    # Calls are known by their names.
    has_ids = False
    errors = {word: ollama.ResponseError for word in ("fail:429", "fail:500", "break:503", "break:off")}

    def __init__(self):
        self.client = ollama.AsyncClient(host=GATEWAY, timeout=60, headers={"authorization": f"Bearer {KEY}"})

    async def ask(self, ask):
        try:
            if not ask.stream:
                return said([await self.client.chat(**request(ask))])
            replies = []
            async for reply in await self.client.chat(**request(ask), stream=True):
                replies.append(reply)
            return said(replies)
        except ollama.ResponseError as error:
            if error.status_code == 400:
                raise Refused(error.error) from error
            raise

    async def first_piece(self, ask):
        stream = await self.client.chat(**request(ask), stream=True)
        async for reply in stream:
            if reply.message.content:
                break
        await stream.aclose()

    async def embed(self, model, texts):
        try:
            reply = await self.client.embed(model=model, input=texts)
        except ollama.ResponseError as error:
            raise Refused(error.error) from error
        return [list(vector) for vector in reply.embeddings], reply.prompt_eval_count

    async def models(self, model, mark):
        provider = model.split("/")[0]
        names = [listed.model for listed in (await self.client.list()).models]
        assert f"{provider}/mock-small" in names, names
        await self.client.show(f"{provider}/mock-small")


def request(ask):
    question = {"role": "user", "content": ask.text}
    if ask.image:
        question["images"] = [PIXEL]
    messages = [{"role": "system", "content": SYSTEM}, question]
    if ask.before:
        messages.append(ask.before.turn)
        for call, given in zip(ask.before.calls, GIVEN):
            messages.append({"role": "tool", "tool_name": call.name, "content": given})
    request = {"model": ask.model, "messages": messages}
    if ask.tools:
        request["tools"] = [
            {"type": "function", "function": {"name": name, "description": text, "parameters": schema_of(model)}}
            for name, (text, model) in TOOLS.items()
        ]
    if ask.schema:
        request["format"] = schema_of(Report)
    if ask.thinking:
        request["think"] = True
    return request


def said(replies):
    for reply in replies:
        ollama.ChatResponse.model_validate(reply.model_dump(exclude_none=True))
    calls = [call.function for reply in replies for call in reply.message.tool_calls or []]
    last = replies[-1]
    assert last.done, last
    text = "".join(reply.message.content or "" for reply in replies)
    turn = {"role": "assistant", "content": text}
    if calls:
        turn["tool_calls"] = [{"function": {"name": call.name, "arguments": call.arguments}} for call in calls]
    stopped = "stop" if last.done_reason == "stop" else None
    return Said(
        text=text,
        thinking="".join(reply.message.thinking or "" for reply in replies),
        calls=[Call("", call.name, dict(call.arguments)) for call in calls],
        finish="tools" if calls and stopped else stopped,
        input=last.prompt_eval_count,
        output=last.eval_count,
        pieces=sum(bool(reply.message.content) for reply in replies),
        turn=turn,
    )


Client.cases = {"models": Client.models}
