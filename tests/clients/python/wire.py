"""Holds what providers were sent against the types that their vendors publish, and writes a JSON line about each request."""

import json
import os
import re
import sys
import types as modules
from collections.abc import Iterator

import anthropic.types
import cohere
import groq.types.chat
import httpx
import ollama._types
import openai.types.chat
import openai.types.responses
from google.genai import types as genai
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from typing_extensions import is_typeddict


def main():
    adapters = {
        "openai-chat": adapter(openai.types.chat.completion_create_params, "CompletionCreateParams"),
        "anthropic": adapter(anthropic.types.message_create_params, "MessageCreateParams"),
        "groq": adapter(groq.types.chat.completion_create_params, "CompletionCreateParams"),
        "openai-responses": adapter(openai.types.responses.response_create_params, "ResponseCreateParams"),
        "gemini": google,
        "cohere": cohere_chat,
        "ollama": ollama_chat,
    }
    # It publishes no types; what it speaks is described by those of its first vendor.
    adapters["cloudflare"] = adapters["openai-chat"]
    # Its reference names `stream_options`, its types don't.
    typed = adapters["groq"]
    adapters["groq"] = lambda body: (body.pop("stream_options", None), typed(body))
    for request in httpx.get(f"{os.environ['MOCK']}/__mock/requests", timeout=60).json():
        if request["operation"] != "chat":
            continue
        note = fault(adapters, request)
        mark = re.search(r"cell-[a-z-]+\.[a-z-]+\.[a-z-]+", json.dumps(request["body"]))
        print(json.dumps({"mark": mark and mark[0], "dialect": request["dialect"], "note": note}))


def fault(adapters, request):
    spoken = next((name for name in (request["provider"], request["dialect"]) if name in adapters), None)
    if spoken is None:
        return f"no types for {request['dialect']}"
    try:
        adapters[spoken](dict(request["body"]))
    except Exception as error:
        return f"{said(error)} in {json.dumps(request['body'])}"
    return None


def said(error):
    """Of a union every variant complains; the deepest complaints are those of the variant that was meant."""
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__}: {error}"
    errors = sorted(error.errors(include_url=False), key=lambda error: -len(error["loc"]))
    return "; ".join(f"{error['msg']} at {error['loc'][-3:]}" for error in errors[:4])


def adapter(module, name):
    """Checks against typed dictionaries, which must hold nothing unknown."""
    forbid(sys.modules[module.__name__.rsplit(".types", 1)[0] + ".types"])
    whole = TypeAdapter(getattr(module, name + "NonStreaming", None) or getattr(module, name))
    streamed = TypeAdapter(getattr(module, name + "Streaming", None) or getattr(module, name))
    return lambda body: exhaust((streamed if body.get("stream") else whole).validate_python(body))


def forbid(package):
    for name, module in list(sys.modules.items()):
        if not name.startswith(package.__name__) or not isinstance(module, modules.ModuleType):
            continue
        for value in vars(module).values():
            if is_typeddict(value):
                value.__pydantic_config__ = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def exhaust(value):
    """Iterables are checked only as they are read."""
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, (list, tuple, Iterator)) or type(value).__name__ in ("dict_values", "ValidatorIterator"):
        for item in value:
            exhaust(item)


def google(body):
    body = dict(body)
    for content in body.pop("contents"):
        genai.Content.model_validate(content)
    checks = {
        "systemInstruction": genai.Content,
        "generationConfig": genai.GenerationConfig,
        "toolConfig": genai.ToolConfig,
    }
    for name, model in checks.items():
        if name in body:
            model.model_validate(body.pop(name))
    for tool in body.pop("tools", []):
        genai.Tool.model_validate(tool)
    nothing(body)


MESSAGES = {
    "system": cohere.SystemChatMessageV2,
    "user": cohere.UserChatMessageV2,
    "assistant": cohere.AssistantChatMessageV2,
    "tool": cohere.ToolChatMessageV2,
}


def cohere_chat(body):
    body = dict(body)
    for message in body.pop("messages"):
        unknown(MESSAGES[message["role"]].model_validate(message))
    for tool in body.pop("tools", []):
        unknown(cohere.ToolV2.model_validate(tool))
    if "thinking" in body:
        unknown(cohere.Thinking.model_validate(body.pop("thinking")))
    if "response_format" in body:
        format = body.pop("response_format")
        unknown(cohere.JsonObjectResponseFormatV2.model_validate(format))
    scalars = {"model": str, "stream": bool, "max_tokens": int, "tool_choice": str}
    for name, kind in scalars.items():
        if name in body and not isinstance(body.pop(name), kind):
            raise ValueError(f"{name} is no {kind}")
    nothing(body)


def ollama_chat(body):
    told = ollama._types.ChatRequest.model_validate(body).model_dump(exclude_unset=True, by_alias=True)
    lost(body, told, "")


def unknown(model):
    """Extra fields are kept by these models, so they are looked for."""
    if isinstance(model, BaseModel):
        nothing(model.model_extra or {})
        for name in type(model).model_fields:
            unknown(getattr(model, name))
    elif isinstance(model, list):
        for item in model:
            unknown(item)


def lost(sent, told, path):
    """What these models don't know they leave out."""
    if isinstance(sent, dict) and isinstance(told, dict):
        for name, value in sent.items():
            # A schema is the caller's own, of which these models know little.
            if name == "parameters" and path.endswith("/function"):
                continue
            if name not in told:
                raise ValueError(f"unknown field {path}/{name}")
            lost(value, told[name], f"{path}/{name}")
    elif isinstance(sent, list):
        for at, value in enumerate(sent):
            lost(value, told[at], f"{path}/{at}")


def nothing(rest):
    if rest:
        raise ValueError(f"unknown fields {sorted(rest)}")


main()
