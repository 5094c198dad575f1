"""The library `openai`: Chat Completions."""

import json

import openai
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from base import Base
from shared import GATEWAY, GIVEN, KEY, PIXEL, SYSTEM, TOOLS, Call, Refused, Report, Said

FINISH = {"stop": "stop", "tool_calls": "tools"}


class Client(Base):
    errors = {
        "fail:429": openai.RateLimitError,
        "fail:500": openai.InternalServerError,
        "break:503": openai.APIError,
        "break:off": openai.APIError,
    }

    def __init__(self):
        self.client = openai.AsyncOpenAI(base_url=f"{GATEWAY}/v1", api_key=KEY, max_retries=0, timeout=60)

    async def ask(self, ask):
        try:
            if ask.schema:
                reply = await self.client.chat.completions.parse(**request(ask), response_format=Report)
                return said(reply)
            if not ask.stream:
                return said(await self.client.chat.completions.create(**request(ask)))
            return await self.streamed(ask)
        except openai.BadRequestError as error:
            raise Refused(error.body["message"]) from error

    async def streamed(self, ask):
        thinking, pieces = "", 0
        async with self.client.chat.completions.stream(
            **request(ask), stream_options={"include_usage": True}
        ) as stream:
            async for event in stream:
                if event.type != "chunk":
                    continue
                chunk = ChatCompletionChunk.model_validate(event.chunk.to_dict())
                for choice in chunk.choices:
                    pieces += bool(choice.delta.content)
                    thinking += getattr(choice.delta, "reasoning_content", None) or ""
            answer = said(await stream.get_final_completion())
        answer.pieces = pieces
        answer.thinking = thinking
        return answer

    async def first_piece(self, ask):
        stream = await self.client.chat.completions.create(**request(ask), stream=True)
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                break
        await stream.close()

    async def embed(self, model, texts):
        try:
            reply = await self.client.embeddings.create(model=model, input=texts)
        except openai.APIStatusError as error:
            raise Refused(error.body["message"]) from error
        CreateEmbeddingResponse.model_validate(reply.to_dict())
        return [item.embedding for item in reply.data], reply.usage.prompt_tokens

    async def models(self, model, mark):
        ids = [listed.id async for listed in self.client.models.list()]
        provider = model.split("/")[0]
        assert f"{provider}/mock-small" in ids, ids
        one = await self.client.models.retrieve(f"{provider}/mock-small")
        assert one.id == f"{provider}/mock-small", one


def request(ask):
    content = ask.text
    if ask.image:
        url = f"data:image/png;base64,{PIXEL}" if ask.image is True else ask.image
        picture = {"type": "image_url", "image_url": {"url": url}}
        content = [{"type": "text", "text": ask.text}, picture]
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": content}]
    if ask.before:
        messages.append(ask.before.turn)
        for call, given in zip(ask.before.calls, GIVEN):
            messages.append({"role": "tool", "tool_call_id": call.id, "content": given})
    request = {"model": ask.model, "messages": messages}
    if ask.tools:
        request["tools"] = [openai.pydantic_function_tool(model, name=name, description=text) for name, (text, model) in TOOLS.items()]
    if ask.thinking:
        request["reasoning_effort"] = "high"
    return request


def said(reply):
    ChatCompletion.model_validate(reply.to_dict(warnings=False))
    [choice] = reply.choices
    message = choice.message
    calls = [Call(call.id, call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or []]
    turn = {name: value for name, value in message.to_dict(warnings=False).items() if value is not None}
    turn.pop("parsed", None)
    for call in turn.get("tool_calls") or []:
        call["function"].pop("parsed_arguments", None)
        call.pop("index", None)
    return Said(
        text=message.content or "",
        thinking=getattr(message, "reasoning_content", None) or "",
        calls=calls,
        finish=FINISH.get(choice.finish_reason),
        input=reply.usage and reply.usage.prompt_tokens,
        output=reply.usage and reply.usage.completion_tokens,
        parsed=getattr(message, "parsed", None),
        turn=turn,
    )


Client.cases = {"models": Client.models}
