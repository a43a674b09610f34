// OpenAI's own client for JavaScript. Reads {origin, key, apiVersion, retries} from stdin, does what the
// argument names, and prints what it got as one JSON document.

import dns from "node:dns";
import { readFileSync } from "node:fs";
import OpenAI, { AzureOpenAI } from "openai";

// Names below localhost are this machine (RFC 6761), which not every system's resolver knows.
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...rest);

const way = JSON.parse(readFileSync(0, "utf8"));
const messages = [{ role: "user", content: "Say something." }];
const options = { apiKey: way.key, maxRetries: way.retries };
const azure = { ...options, endpoint: way.origin, apiVersion: way.apiVersion };
const dated = new AzureOpenAI(azure);
const latest = new OpenAI({ ...options, baseURL: `${way.origin}/openai/v1` });

const failure = async (call) => {
  try {
    await call;
  } catch (error) {
    return { name: error.constructor.name, status: error.status, code: error.code, param: error.param };
  }
  return null;
};

const joined = async (stream, piece) => {
  let text = "";
  let count = 0;
  for await (const part of stream) {
    text += piece(part) ?? "";
    count += 1;
  }
  return { text, count };
};

const doings = {
  async chat() {
    const answer = await dated.chat.completions.create({ model: "chat", messages });
    return { text: answer.choices[0].message.content, usage: answer.usage };
  },
  async stream() {
    const stream = await dated.chat.completions.create({ model: "chat", messages, stream: true });
    return joined(stream, (chunk) => chunk.choices[0]?.delta?.content);
  },
  async embeddings() {
    const answer = await dated.embeddings.create({ model: "embedding", input: ["one", "two"] });
    return answer.data.map((row) => row.embedding.length);
  },
  async v1() {
    const chat = await latest.chat.completions.create({ model: "chat", messages });
    const response = await latest.responses.create({ model: "chat", input: "Hello" });
    const stream = await latest.responses.create({ model: "chat", input: "Hello", stream: true });
    const streamed = await joined(stream, (event) => event.delta);
    return { chat: chat.choices[0].message.content, response: response.output_text, streamed: streamed.text };
  },
  async errors() {
    const stranger = new AzureOpenAI({ ...azure, apiKey: "wrong" });
    return {
      missing: await failure(dated.chat.completions.create({ model: "nobody", messages })),
      refused: await failure(dated.chat.completions.create({ model: "chat", messages, max_tokens: 5 })),
      stranger: await failure(stranger.chat.completions.create({ model: "chat", messages })),
      oversize: await failure(
        dated.chat.completions.create({ model: "small", messages, max_completion_tokens: 50_000 }),
      ),
    };
  },
  async retries() {
    const asked = { model: "tiny", messages, max_completion_tokens: 5 };
    const answers = [];
    for (let call = 0; call < 3; call += 1) {
      answers.push(await dated.chat.completions.create(asked));
    }
    return answers.length;
  },
};

console.log(JSON.stringify(await doings[process.argv[2]]()));
