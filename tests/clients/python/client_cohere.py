"""The library `cohere`: chat of its second version."""

import json

import cohere
import cohere.errors
from cohere.core.api_error import ApiError
from cohere.v2.types.v2chat_response import V2ChatResponse
from pydantic import TypeAdapter

from base import Base
from shared import GATEWAY, GIVEN, KEY, PIXEL, SYSTEM, TOOLS, Call, Refused, Report, Said, schema_of

FINISH = {"COMPLETE": "stop", "TOOL_CALL": "tools"}
ONCE = {"max_retries": 0}


class StreamFailed(Exception):
    """The library tells an error within a stream as an event."""


class Client(Base):
    errors = {
        "fail:429": cohere.errors.TooManyRequestsError,
        "fail:500": ApiError,
        "break:503": StreamFailed,
        "break:off": StreamFailed,
    }

    def __init__(self):
        self.client = cohere.AsyncClientV2(api_key=KEY, base_url=GATEWAY, timeout=60)

    async def ask(self, ask):
        try:
            if not ask.stream:
                return said(await self.client.chat(**request(ask), request_options=ONCE))
            return await self.streamed(ask)
        except cohere.errors.BadRequestError as error:
            raise Refused(message(error)) from error

    async def streamed(self, ask):
        answer, ended = Said(), False
        async for event in self.client.chat_stream(**request(ask), request_options=ONCE):
            type(event).model_validate(event.model_dump())
            ended = ended or self.event(event, answer)
        if not ended:
            raise AssertionError("the stream has no end")
        for call in answer.calls:
            call.arguments = json.loads(call.arguments)
        answer.turn = turn(answer)
        return answer

    @staticmethod
    def event(event, answer):
        """Adds an event to the answer; whether it is the last."""
        match event.type:
            case "content-delta":
                content = event.delta.message.content
                answer.text += content.text or ""
                answer.thinking += content.thinking or ""
                answer.pieces += bool(content.text)
            case "tool-call-start":
                call = event.delta.message.tool_calls
                answer.calls.append(Call(call.id, call.function.name, call.function.arguments or ""))
            case "tool-call-delta":
                answer.calls[-1].arguments += event.delta.message.tool_calls.function.arguments
            case "message-end" if event.delta.finish_reason == "ERROR":
                raise StreamFailed(event.delta.error)
            case "message-end":
                answer.finish = FINISH.get(event.delta.finish_reason)
                answer.input = event.delta.usage.tokens.input_tokens
                answer.output = event.delta.usage.tokens.output_tokens
                return True
        return False

    async def first_piece(self, ask):
        stream = self.client.chat_stream(**request(ask), request_options=ONCE)
        async for event in stream:
            if event.type == "content-delta":
                break
        await stream.aclose()

    async def embed(self, model, texts):
        try:
            reply = await self.client.embed(
                model=model, texts=texts, input_type="search_document", embedding_types=["float"], request_options=ONCE
            )
        except ApiError as error:
            raise Refused(message(error)) from error
        return reply.embeddings.float_, reply.meta.billed_units.input_tokens


def message(error):
    return error.body["message"] if isinstance(error.body, dict) else str(error.body)


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
        request["tools"] = [
            {"type": "function", "function": {"name": name, "description": text, "parameters": schema_of(model)}}
            for name, (text, model) in TOOLS.items()
        ]
    if ask.schema:
        request["response_format"] = {"type": "json_object", "json_schema": schema_of(Report)}
    if ask.thinking:
        request["thinking"] = {"type": "enabled", "token_budget": 2048}
    return request


def said(reply):
    TypeAdapter(V2ChatResponse).validate_python(reply.model_dump())
    content = reply.message.content or []
    calls = reply.message.tool_calls or []
    answer = Said(
        text="".join(part.text for part in content if part.type == "text"),
        thinking="".join(part.thinking for part in content if part.type == "thinking"),
        calls=[Call(call.id, call.function.name, json.loads(call.function.arguments)) for call in calls],
        finish=FINISH.get(reply.finish_reason),
        input=reply.usage.tokens.input_tokens,
        output=reply.usage.tokens.output_tokens,
    )
    answer.turn = turn(answer)
    return answer


def turn(answer):
    calls = [
        {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": json.dumps(call.arguments)}}
        for call in answer.calls
    ]
    return {"role": "assistant", "tool_calls": calls} if calls else {"role": "assistant", "content": answer.text}
