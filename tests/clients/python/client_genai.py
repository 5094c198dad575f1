"""The library `google-genai`: generateContent."""

import asyncio
import base64
import json

from google import genai
from google.genai import errors, types

from base import Base
from shared import GATEWAY, GIVEN, KEY, PIXEL, SYSTEM, TOOLS, Broken, Call, Refused, Report, Said, requests, schema_of


class Client(Base):
    errors = {
        "fail:429": errors.ClientError,
        "fail:500": errors.ServerError,
        "break:503": errors.APIError,
        "break:off": errors.APIError,
    }

    def __init__(self):
        options = types.HttpOptions(base_url=GATEWAY, timeout=60_000)
        self.client = genai.Client(api_key=KEY, http_options=options, vertexai=False)

    def status(self, error):
        return error.code

    async def ask(self, ask):
        models = self.client.aio.models
        try:
            if not ask.stream:
                return said([await models.generate_content(**request(ask))])
            chunks = []
            async for chunk in await models.generate_content_stream(**request(ask)):
                chunks.append(chunk)
            return said(chunks)
        except errors.ClientError as error:
            if error.code == 400:
                raise Refused(error.message) from error
            raise

    async def first_piece(self, ask):
        # This library has no way to close a stream: whoever reads it is cancelled.
        came = asyncio.Event()

        async def read():
            async for _ in await self.client.aio.models.generate_content_stream(**request(ask)):
                came.set()

        reader = asyncio.create_task(read())
        await came.wait()
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)

    async def embed(self, model, texts):
        try:
            reply = await self.client.aio.models.embed_content(model=model, contents=texts)
        except errors.APIError as error:
            raise Refused(error.message) from error
        return [embedding.values for embedding in reply.embeddings], None

    async def count(self, model, mark):
        try:
            counted = await self.client.aio.models.count_tokens(model=model, contents=f"{mark} three words")
        except errors.APIError as error:
            raise Refused(error.message) from error
        assert counted.total_tokens == 3, counted

    async def chat(self, model, mark):
        """The library's own chats keep every piece of a stream as a turn; the provider gets one again."""
        chat = self.client.aio.chats.create(model=model)
        text = f"{mark} a text of some more words than fit into one piece"
        for words in (text, "go on"):
            async for _ in await chat.send_message_stream(words):
                pass
        bodies = [json.dumps(request["body"]) for request in await requests(mark)]
        own = model.startswith("google/")
        if not own and f"echo: {text}" not in bodies[1]:
            raise Broken(f"the provider gets pieces: {bodies[1]}")

    async def models(self, model, mark):
        provider = model.split("/")[0]
        names = [listed.name async for listed in await self.client.aio.models.list()]
        [name] = [name for name in names if name.endswith(f"{provider}/mock-small")]
        one = await self.client.aio.models.get(model=name)
        assert one.name == name, one


def request(ask):
    parts = [types.Part.from_text(text=ask.text)]
    if ask.image:
        parts.append(types.Part.from_bytes(data=base64.b64decode(PIXEL), mime_type="image/png"))
    contents = [types.Content(role="user", parts=parts)]
    if ask.before:
        results = zip(ask.before.calls, GIVEN)
        results = [
            types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"output": given}))
            for call, given in results
        ]
        contents += [ask.before.turn, types.Content(role="user", parts=results)]
    config = types.GenerateContentConfig(system_instruction=SYSTEM)
    if ask.tools:
        declared = [
            types.FunctionDeclaration(name=name, description=text, parameters_json_schema=schema_of(model))
            for name, (text, model) in TOOLS.items()
        ]
        config.tools = [types.Tool(function_declarations=declared)]
        config.automatic_function_calling = types.AutomaticFunctionCallingConfig(disable=True)
    if ask.schema:
        config.response_mime_type = "application/json"
        config.response_schema = Report
    if ask.thinking:
        config.thinking_config = types.ThinkingConfig(include_thoughts=True, thinking_budget=2048)
    return {"model": ask.model, "contents": contents, "config": config}


def said(replies):
    for reply in replies:
        types.GenerateContentResponse.model_validate(reply.model_dump(exclude={"sdk_http_response"}))
    candidates = [candidate for reply in replies for candidate in reply.candidates or []]
    parts = [part for candidate in candidates if candidate.content for part in candidate.content.parts or []]
    calls = [part.function_call for part in parts if part.function_call]
    texts = [part for part in parts if part.text and not part.thought]
    finish = [candidate.finish_reason for candidate in candidates if candidate.finish_reason]
    usage = replies[-1].usage_metadata
    output = usage and (usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)
    stopped = "stop" if finish == [types.FinishReason.STOP] else None
    return Said(
        text="".join(part.text for part in texts),
        thinking="".join(part.text for part in parts if part.text and part.thought),
        calls=[Call(call.id, call.name, call.args) for call in calls],
        finish="tools" if calls and stopped else stopped,
        input=usage and usage.prompt_token_count,
        output=output,
        pieces=len(texts),
        parsed=replies[0].parsed,
        turn=types.Content(role="model", parts=parts),
    )


Client.cases = {"chat": Client.chat, "models": Client.models, "count tokens": Client.count}
