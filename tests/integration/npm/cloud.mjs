// The clients, pointed at the local Azure that the environment names, and signed in with its client's secret.
import { ApiManagementClient } from "@azure/arm-apimanagement";
import { CognitiveServicesManagementClient } from "@azure/arm-cognitiveservices";
import { ClientSecretCredential } from "@azure/identity";

const {
  APIMLB_ARM_ENDPOINT: endpoint,
  AZURE_AUTHORITY_HOST: authority,
  AZURE_CLIENT_ID: clientId,
  AZURE_CLIENT_SECRET: clientSecret,
  AZURE_SUBSCRIPTION_ID: subscriptionId,
  AZURE_TENANT_ID: tenantId,
} = process.env;

const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
  authorityHost: authority,
  disableInstanceDiscovery: true,
});
const options = { endpoint, credentialScopes: [`${endpoint}/.default`] };

export const polling = { updateIntervalInMs: 50 };
export const apim = new ApiManagementClient(credential, subscriptionId, options);
export const cognitive = new CognitiveServicesManagementClient(credential, subscriptionId, options);

export async function makeGroup(name, location) {
  const { token } = await credential.getToken(`${endpoint}/.default`);
  const url = `${endpoint}/subscriptions/${subscriptionId}/resourcegroups/${name}?api-version=2025-04-01`;
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(url, { method: "PUT", headers, body: JSON.stringify({ location }) });
  return answer.status;
}

export async function refusalOf(action) {
  try {
    await action();
  } catch (error) {
    return { status: error.statusCode, code: error.code };
  }
  return null;
}

export async function listed(pages) {
  const names = [];
  for await (const row of pages) names.push(row.name);
  return names;
}
