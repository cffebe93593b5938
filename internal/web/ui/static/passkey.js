// Passkeys: a form that says so asks the server what an authenticator is to sign, hands that to the browser, and goes
// on with the answer. Without this script the page says so and offers the other ways.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const known = (list) => (list || []).map((c) => ({ ...c, id: bytes(c.id) }));

  const create = async (o) => {
    const made = await navigator.credentials.create({
      publicKey: { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: known(o.excludeCredentials) },
    });
    return answer(made, {
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    });
  };

  const get = async (o) => {
    const signed = await navigator.credentials.get({
      publicKey: { ...o, challenge: bytes(o.challenge), allowCredentials: known(o.allowCredentials) },
    });
    const r = signed.response;
    return answer(signed, {
      authenticatorData: text(r.authenticatorData),
      signature: text(r.signature),
      userHandle: r.userHandle ? text(r.userHandle) : undefined,
    });
  };

  const answer = (c, response) =>
    JSON.stringify({
      id: c.id,
      rawId: text(c.rawId),
      type: c.type,
      authenticatorAttachment: c.authenticatorAttachment || undefined,
      clientExtensionResults: {},
      response: { clientDataJSON: text(c.response.clientDataJSON), ...response },
    });

  const why = {
    InvalidStateError: t`This device already has a passkey for your account. You can sign in with it.`,
    NotAllowedError: t`Your device didn't answer: it was canceled, it took too long, or there is no passkey on it. Try again, or use another way.`,
    SecurityError: t`Your browser doesn't trust this address with passkeys. Use another way.`,
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential || !navigator.credentials) break;
    const button = form.querySelector("[data-passkey-go]");
    const said = form.querySelector("[data-passkey-said]");
    const label = button.textContent;
    form.querySelector("[data-passkey-none]").hidden = true;
    for (const part of form.querySelectorAll("[data-passkey-part]")) part.hidden = false;

    const ask = async () => {
      const body = new URLSearchParams(new FormData(form));
      const reply = await fetch(form.dataset.ask, { method: "POST", body });
      const what = await reply.json();
      if (!reply.ok) throw new Error(what.error);
      return what;
    };
    form.addEventListener("submit", async (e) => {
      if (form.elements.response.value) return;
      e.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      button.textContent = t`Waiting for your device…`;
      said.textContent = "";
      try {
        const what = await ask();
        const signed = await (form.dataset.passkey === "create" ? create : get)(what.options);
        form.elements.ceremony.value = what.ceremony;
        form.elements.response.value = signed;
        if (form.elements.current_password) form.elements.current_password.value = "";
        form.requestSubmit();
      } catch (err) {
        said.textContent = why[err.name] || (err.name === "Error" && err.message) || t`We can't reach the server. Try again.`;
        button.removeAttribute("aria-disabled");
        button.textContent = label;
      }
    });
  }
})();
