// Runs the cells that stdin names, all at once, and writes a JSON line about each: the Vercel AI SDK with two of its providers.

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { text } from "node:stream/consumers";
import { CASES, Refused } from "./cases.mjs";

const AT_ONCE = 16;
const PATIENCE = 60_000;
const { GATEWAY } = process.env;
// It opens nothing; the gateway passes no client's key on.
const apiKey = "a-client-key";

const compatible = createOpenAICompatible({
  name: "gateway",
  baseURL: `${GATEWAY}/v1`,
  apiKey,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const anthropic = createAnthropic({ baseURL: `${GATEWAY}/v1`, apiKey });

const CLIENTS = {
  "ai-compatible": {
    model: (name) => compatible(name),
    embedding: (name) => compatible.embeddingModel(name),
    thinking: { gateway: { reasoningEffort: "high" } },
  },
  "ai-anthropic": {
    model: (name) => anthropic(name),
    thinking: { anthropic: { thinking: { type: "enabled", budgetTokens: 2048 } } },
  },
};
// Names that the providers' rules for models that think and see fit.
const MODELS = { openai: "o4-mini", "responses-only": "o4-mini", anthropic: "claude-sonnet-4-5", google: "gemini-2.5-flash" };

async function run([client, provider, name]) {
  const mark = `cell-${client}.${provider}.${name}`.replaceAll(" ", "-");
  const embedding = CLIENTS[client].embedding?.(`${provider}/mock-vectors`);
  const model = CLIENTS[client].model(`${provider}/${MODELS[provider] ?? "mock-large"}`);
  let outcome = "passed";
  let note = "";
  try {
    await within(CASES[name]({ model, embedding, mark, thinking: CLIENTS[client].thinking }));
  } catch (error) {
    outcome = error instanceof Refused ? "refused" : "failed";
    note = `${error.name}: ${error.message}`;
    if (process.env.TRACE) console.error(error);
  }
  console.log(JSON.stringify({ client, provider, case: name, outcome, note }));
}

function within(promise) {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error("nothing came")), PATIENCE).unref();
  });
  return Promise.race([promise, late]);
}

globalThis.AI_SDK_LOG_WARNINGS = false;
const cells = JSON.parse(await text(process.stdin));
const workers = Array.from({ length: AT_ONCE }, async () => {
  for (let cell = cells.shift(); cell; cell = cells.shift()) await run(cell);
});
await Promise.all(workers);
