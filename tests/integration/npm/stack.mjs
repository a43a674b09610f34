// A stack from nothing to purged; prints what each step answered.
import { apim, cognitive, listed, makeGroup, polling, refusalOf } from "./cloud.mjs";

const GROUP = "npm";
const SERVICE = "npm-gw";
const POLICY =
  '<policies><inbound><base /><set-backend-service backend-id="pool" /></inbound>' +
  "<backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>";
const account = (name) => ({
  location: "eastus",
  kind: "OpenAI",
  sku: { name: "S0" },
  properties: { customSubDomainName: name, disableLocalAuth: true },
});
const deployment = (capacity) => ({
  sku: { name: "GlobalStandard", capacity },
  properties: { model: { format: "OpenAI", name: "gpt-5.1", version: "2025-11-13" } },
});

const said = {};
said.group = await makeGroup(GROUP, "eastus");

const building = apim.apiManagementService.beginCreateOrUpdateAndWait(
  GROUP,
  SERVICE,
  {
    location: "eastus",
    sku: { name: "BasicV2", capacity: 1 },
    publisherEmail: "a@example.com",
    publisherName: "A",
  },
  polling,
);
const accounts = await Promise.all(
  ["east", "west"].map((name) => cognitive.accounts.beginCreateAndWait(GROUP, name, account(name), polling)),
);
said.accounts = accounts.map((each) => [each.properties.provisioningState, each.properties.endpoint]);
const deployed = await cognitive.deployments.beginCreateOrUpdateAndWait(GROUP, "east", "gpt", deployment(30), polling);
said.capacity = deployed.properties.currentCapacity;
const resized = await cognitive.deployments.beginCreateOrUpdateAndWait(GROUP, "east", "gpt", deployment(40), polling);
said.resized = resized.sku.capacity;
said.quota = await refusalOf(() =>
  cognitive.deployments.beginCreateOrUpdateAndWait(GROUP, "east", "gpt", deployment(1000000), polling),
);
said.models = (await listed(cognitive.models.list("eastus"))).length;

const service = await building;
said.service = [service.provisioningState, service.location];
for (const name of ["east", "west"]) {
  await apim.backend.createOrUpdate(GROUP, SERVICE, name, {
    url: `https://${name}.openai.azure.com/openai`,
    protocol: "http",
    circuitBreaker: {
      rules: [
        {
          name: "throttled",
          failureCondition: { count: 1, interval: "PT1M", statusCodeRanges: [{ min: 429, max: 429 }] },
          tripDuration: "PT1M",
          acceptRetryAfter: true,
        },
      ],
    },
  });
}
const member = (name) => ({ id: `/backends/${name}`, priority: 1, weight: 1 });
const pool = await apim.backend.createOrUpdate(GROUP, SERVICE, "pool", {
  typePropertiesType: "Pool",
  pool: { services: [member("east"), member("west")] },
});
said.pool = pool.pool.services.length;
const api = await apim.api.beginCreateOrUpdateAndWait(
  GROUP,
  SERVICE,
  "openai",
  { displayName: "OpenAI", path: "openai", protocols: ["https"] },
  polling,
);
said.api = api.path;
await apim.apiPolicy.createOrUpdate(GROUP, SERVICE, "openai", "policy", { format: "rawxml", value: POLICY });
said.badPolicy = await refusalOf(() =>
  apim.apiPolicy.createOrUpdate(GROUP, SERVICE, "openai", "policy", { format: "rawxml", value: "<policies>" }),
);
const { eTag } = await apim.apiPolicy.getEntityTag(GROUP, SERVICE, "openai", "policy");
said.policyKept = Boolean(eTag);
await apim.subscription.createOrUpdate(GROUP, SERVICE, "app", { displayName: "App", scope: "/apis/openai" });
said.key = (await apim.subscription.listSecrets(GROUP, SERVICE, "app")).primaryKey.length;
await apim.namedValue.beginCreateOrUpdateAndWait(GROUP, SERVICE, "who", { displayName: "who", value: "me" }, polling);
said.namedValues = await listed(apim.namedValue.listByService(GROUP, SERVICE));
said.stale = await refusalOf(() => apim.subscription.delete(GROUP, SERVICE, "app", '"AAAAAAAAAAA="'));

await apim.apiManagementService.beginDeleteAndWait(GROUP, SERVICE, polling);
said.deletedServices = await listed(apim.deletedServices.listBySubscription());
await apim.deletedServices.beginPurgeAndWait(SERVICE, "eastus", polling);
said.purged = await listed(apim.deletedServices.listBySubscription());
await cognitive.accounts.beginDeleteAndWait(GROUP, "east", polling);
said.again = await refusalOf(() => cognitive.accounts.beginCreateAndWait(GROUP, "east", account("east"), polling));
await cognitive.deletedAccounts.beginPurgeAndWait("eastus", GROUP, "east", polling);
said.gone = await refusalOf(() => cognitive.accounts.get(GROUP, "east"));

console.log(JSON.stringify(said));
