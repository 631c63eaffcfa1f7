// Asks a device for a passkey. Fetched when somebody presses the button.
const text64 = (bytes) => bytes && btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes64 = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const ofPasskey = (made) => {
  const response = { clientDataJSON: text64(made.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[part]) response[part] = text64(made.response[part]);
  }
  const transports = made.response.getTransports?.();
  if (transports) response.transports = transports;
  return { id: made.id, rawId: text64(made.rawId), type: made.type, response, clientExtensionResults: {} };
};
const sendJson = async (path, body) => {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.code), { told: said.errors?.name?.[0] ?? said.detail });
  return said;
};
const typed = (form, names) => {
  const all = names.map((name) => [name, form?.elements[name]]).filter(([, input]) => input);
  return Object.fromEntries(all.map(([name, input]) => [name, input.type === "checkbox" ? input.checked : input.value]));
};
const usePasskey = async (button) => {
  const alone = button.dataset.passkey === "sign-in";
  const { publicKey } = await sendJson("/sign-in/passkey/options", { afresh: alone });
  publicKey.challenge = bytes64(publicKey.challenge);
  publicKey.allowCredentials = [];
  const credential = ofPasskey(await navigator.credentials.get({ publicKey }));
  const form = alone ? document.querySelector('form[action="/sign-in"]') : null;
  const said = await sendJson("/sign-in/passkey", { credential, ...typed(form, ["keep", "instance", "return_to"]) });
  return said.next === "change_password" ? "/change-password" : said.return_to ?? "/account";
};
const addPasskey = async (button) => {
  const { form } = button;
  const { publicKey } = await sendJson("/account/passkeys/options", typed(form, ["password", "code"]));
  publicKey.challenge = bytes64(publicKey.challenge);
  publicKey.user.id = bytes64(publicKey.user.id);
  for (const known of publicKey.excludeCredentials ?? []) known.id = bytes64(known.id);
  const credential = ofPasskey(await navigator.credentials.create({ publicKey }));
  const name = form.elements.name.value.trim() || button.dataset.name;
  await sendJson("/account/passkeys", { name, credential });
  return "/account/passkeys";
};
// Where to go from there; an error may say in `told` what went wrong.
export const asked = (button) => (button.dataset.passkey === "add" ? addPasskey : usePasskey)(button);
