// The two ways in which azure-search-openai-javascript calls its models. Reads {variables, tokens} from stdin,
// plays the one that the argument names with each token, and prints what came of each as one JSON list.

import { readFileSync } from "node:fs";
import { AzureOpenAI } from "openai";
import { AzureChatOpenAI, AzureOpenAIEmbeddings } from "@langchain/openai";

const { variables, tokens } = JSON.parse(readFileSync(0, "utf8"));
const url = variables.AZURE_OPENAI_CUSTOM_URL;
const apiVersion = "2024-02-01";
const chat = variables.AZURE_OPENAI_CHATGPT_DEPLOYMENT;
const embedding = variables.AZURE_OPENAI_EMBEDDING_DEPLOYMENT;
const messages = [
  { role: "system", content: "You help employees with their questions." },
  { role: "user", content: "What does the plan cover?" },
];

const apps = {
  // The openai SDK, with its token in both headers.
  async openai(token) {
    const client = new AzureOpenAI({
      endpoint: url,
      apiVersion,
      apiKey: token,
      defaultHeaders: { Authorization: `Bearer ${token}` },
      maxRetries: 0,
    });
    const asked = { model: variables.AZURE_OPENAI_CHATGPT_MODEL, messages, temperature: 0.3, n: 1 };
    const path = { path: `/deployments/${chat}/chat/completions` };
    const whole = await client.chat.completions.create({ ...asked, model: chat, max_tokens: 32 }, path);
    const stream = await client.chat.completions.create({ ...asked, model: chat, max_tokens: 1024, stream: true });
    let streamed = "";
    for await (const chunk of stream) streamed += chunk.choices[0]?.delta?.content ?? "";
    const vectors = await client.embeddings.create({ model: embedding, input: "One text." });
    return { whole: whole.choices[0].message.content, streamed, dimensions: vectors.data[0].embedding.length };
  },
  // LangChain, with its token in `api-key` alone.
  async langchain(token) {
    const given = {
      azureOpenAIApiKey: token,
      azureOpenAIApiVersion: apiVersion,
      azureOpenAIBasePath: `${url}/openai/deployments`,
      maxRetries: 0,
    };
    const model = new AzureChatOpenAI({ ...given, azureOpenAIApiDeploymentName: chat, temperature: 0.3 });
    const whole = await model.invoke("What does the plan cover?");
    let streamed = "";
    for await (const chunk of await model.stream("What does the plan cover?")) streamed += chunk.content;
    const embeddings = new AzureOpenAIEmbeddings({ ...given, azureOpenAIApiDeploymentName: embedding });
    const [vector] = await embeddings.embedDocuments(["One text.", "Another one."]);
    return { whole: whole.content, streamed, dimensions: vector.length };
  },
};

async function play(token) {
  try {
    return await apps[process.argv[2]](token);
  } catch (error) {
    return { status: error.status ?? error.response?.status, message: String(error) };
  }
}

const played = [];
for (const token of tokens) played.push(await play(token));
console.log(JSON.stringify(played));
