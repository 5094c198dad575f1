// What every client is asked, and what must come back.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { APICallError, Output, embedMany, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

export class Refused extends Error {}

const { MOCK } = process.env;
const SYSTEM = "Answer in one line.";
// A PNG of one pixel.
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const REPORT = z.object({
  place: z.string(),
  degrees: z.number(),
  sky: z.enum(["clear", "cloudy"]),
  notes: z.array(z.string()),
});
const CALLS = [
  ["weather", { city: "Brest" }, "12 degrees"],
  ["clock", { zone: "Asia/Tokyo", seconds: true }, "noon exactly"],
];

const words = (...texts) => texts.join(" ").split(/\s+/).length;

async function requests(mark) {
  const reply = await fetch(`${MOCK}/__mock/requests?containing=${encodeURIComponent(`${mark} `)}`);
  return reply.json();
}

// Asks; a refusal by the gateway is told apart from other errors.
async function asked(settings) {
  try {
    return await generateText({ system: SYSTEM, maxRetries: 0, ...settings });
  } catch (error) {
    if (APICallError.isInstance(error) && error.statusCode === 400) throw new Refused(error.message);
    throw error;
  }
}

// The parts of a stream. Errors are parts, here and in the library.
async function parts(settings) {
  const stream = streamText({ system: SYSTEM, maxRetries: 0, onError: () => {}, ...settings });
  const parts = [];
  for await (const part of stream.fullStream) parts.push(part);
  const error = parts.find((part) => part.type === "error")?.error;
  if (APICallError.isInstance(error) && error.statusCode === 400) throw new Refused(error.message);
  return parts;
}

const of = (parts, type) => parts.filter((part) => part.type === type);
const said = (parts, type) => of(parts, type).map((part) => part.text).join("");

function finished(parts, prompt) {
  deepStrictEqual(of(parts, "error"), []);
  const [finish] = of(parts, "finish");
  strictEqual(finish.finishReason, "stop");
  if (prompt) usage(finish.totalUsage, prompt);
}

function usage(usage, prompt) {
  strictEqual(usage.inputTokens, words(SYSTEM, prompt));
  strictEqual(usage.outputTokens, words("echo:", prompt));
}

async function plain({ model, mark }) {
  const prompt = `${mark} good morning`;
  const reply = await asked({ model, prompt });
  strictEqual(reply.text, `echo: ${prompt}`);
  strictEqual(reply.finishReason, "stop");
  usage(reply.usage, prompt);
}

async function stream({ model, mark }) {
  const prompt = `${mark} a text of some more words than fit into one piece`;
  const all = await parts({ model, prompt });
  strictEqual(said(all, "text-delta"), `echo: ${prompt}`);
  ok(of(all, "text-delta").length > 1, "the text came in one piece");
  finished(all, prompt);
}

function loop(model, mark) {
  const calls = [];
  const given = ([name, , given]) => ({ execute: (input) => (calls.push([name, input]), given) });
  const wanted = CALLS.map(([name, input]) => `call:${name} ${JSON.stringify(input)}`);
  const settings = {
    model,
    prompt: `${mark} ${wanted.join(" ")}`,
    stopWhen: stepCountIs(3),
    tools: {
      weather: tool({ description: "The weather.", inputSchema: z.object({ city: z.string() }), ...given(CALLS[0]) }),
      clock: tool({
        description: "The time.",
        inputSchema: z.object({ zone: z.string(), seconds: z.boolean() }),
        ...given(CALLS[1]),
      }),
    },
  };
  return { settings, calls };
}

const CALLED = CALLS.map(([name, input]) => [name, input]);
const TOLD = "echo: " + CALLS.map(([, , given]) => given).join(" ");

async function tools({ model, mark }) {
  const { settings, calls } = loop(model, mark);
  const reply = await asked(settings);
  deepStrictEqual(calls, CALLED);
  strictEqual(reply.text, TOLD);
  strictEqual(reply.steps.length, 2);
  strictEqual(reply.steps[0].finishReason, "tool-calls");
  strictEqual(new Set(reply.steps[0].toolCalls.map((call) => call.toolCallId)).size, 2);
}

async function toolsStream({ model, mark }) {
  const { settings, calls } = loop(model, mark);
  const all = await parts(settings);
  finished(all);
  deepStrictEqual(calls, CALLED);
  strictEqual(said(all, "text-delta"), TOLD);
}

async function image({ model, mark }) {
  const question = { type: "text", text: `${mark} what is this` };
  const picture = { type: "image", image: PIXEL, mediaType: "image/png" };
  const reply = await asked({ model, messages: [{ role: "user", content: [question, picture] }] });
  strictEqual(reply.text, `echo: ${mark} what is this [image]`);
  const [request] = await requests(mark);
  ok(JSON.stringify(request.body).includes(PIXEL), "the provider gets other bytes");
}

// Where the library makes a tool of the format and the provider can't be made to call it, the model does so by itself.
const UNFORCED = ["ollama"];

async function structured({ model, mark }) {
  const alone = UNFORCED.some((provider) => mark.startsWith(`cell-ai-anthropic.${provider}.`));
  const report = { place: `${mark} weather report`, degrees: 1, sky: "clear", notes: [] };
  const prompt = alone ? `call:json ${JSON.stringify(report)}` : report.place;
  const reply = await asked({ model, prompt, output: Output.object({ schema: REPORT }) });
  const { place, sky } = REPORT.parse(reply.output);
  deepStrictEqual({ place, sky }, { place: report.place, sky: "clear" });
}

async function reasoning({ model, mark, thinking }) {
  const prompt = `${mark} think about the tides and the moon`;
  const reply = await asked({ model, prompt, providerOptions: thinking });
  strictEqual(reply.text, `echo: ${prompt}`);
  strictEqual(reply.reasoningText, `thought: ${prompt}`);
}

async function reasoningStream({ model, mark, thinking }) {
  const prompt = `${mark} think about the tides and the moon`;
  const all = await parts({ model, prompt, providerOptions: thinking });
  strictEqual(said(all, "text-delta"), `echo: ${prompt}`);
  strictEqual(said(all, "reasoning-delta"), `thought: ${prompt}`);
  finished(all);
}

async function reasoningTools({ model, mark, thinking }) {
  const { settings, calls } = loop(model, mark);
  const all = await parts({ ...settings, providerOptions: thinking });
  finished(all);
  deepStrictEqual(calls, CALLED);
  strictEqual(said(all, "text-delta"), TOLD);
  ok(said(all, "reasoning-delta").startsWith(`thought: ${settings.prompt}`), said(all, "reasoning-delta"));
}

async function errors({ model, mark }) {
  for (const [word, statuses] of [["fail:429", [429]], ["fail:500", [500, 502]]]) {
    const prompt = `${mark} ${word}`;
    const error = await asked({ model, prompt }).then(() => undefined, (error) => error);
    ok(APICallError.isInstance(error), `${word}: ${error}`);
    ok(statuses.includes(error.statusCode), `${word}: ${error.statusCode}`);
    ok(error.isRetryable, word);
    ok(error.message.includes("The mock fails"), error.message);
  }
  for (const word of ["break:503", "break:off"]) {
    const prompt = `${mark} ${word} and some more words so that it takes many pieces`;
    const all = await parts({ model, prompt });
    strictEqual(of(all, "error").length, 1, `${word}: ${all.map((part) => part.type)}`);
  }
}

async function cancel({ model, mark }) {
  const abort = new AbortController();
  const prompt = `${mark} slow:50ms ${"word ".repeat(400).trim()}`;
  const stream = streamText({ model, prompt, maxRetries: 0, abortSignal: abort.signal, onError: () => {} });
  for await (const part of stream.fullStream) if (part.type === "text-delta") abort.abort();
  for (let tries = 0; tries < 100; tries++) {
    const [request] = await requests(mark);
    if (request?.state === "cancelled") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the provider's stream went on");
}

async function embeddings({ embedding, mark }) {
  const values = [`${mark} a text`, "another", `${mark} a text`];
  const reply = await embedMany({ model: embedding, values, maxRetries: 0 }).catch((error) => {
    throw APICallError.isInstance(error) ? new Refused(error.message) : error;
  });
  strictEqual(reply.embeddings.length, 3);
  deepStrictEqual(reply.embeddings[0], reply.embeddings[2]);
  strictEqual(reply.usage.tokens, words(...values));
}

export const CASES = {
  plain,
  stream,
  tools,
  "tools stream": toolsStream,
  image,
  structured,
  reasoning,
  "reasoning stream": reasoningStream,
  "reasoning tools": reasoningTools,
  errors,
  cancel,
  embeddings,
};
