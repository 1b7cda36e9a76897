// A button with data-passkey asks this device for its passkey, and sends the answer by its form.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;
  const read = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (each) => each.charCodeAt(0));
  };
  const write = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const asked = (question) => {
    const known = (list) => (list || []).map((one) => ({ ...one, id: read(one.id) }));
    const publicKey = { ...question, challenge: read(question.challenge) };
    if (!question.user) {
      publicKey.allowCredentials = known(question.allowCredentials);
      return navigator.credentials.get({ publicKey });
    }
    publicKey.user = { ...question.user, id: read(question.user.id) };
    publicKey.excludeCredentials = known(question.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  };
  const said = (answer) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (answer.response[name]) response[name] = write(answer.response[name]);
    }
    return JSON.stringify({ id: answer.id, rawId: write(answer.rawId), type: answer.type, response });
  };
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.hidden = false;
    button.form.querySelector("[role=status]").textContent = "";
    button.addEventListener("click", async () => {
      const { form } = button;
      const told = form.querySelector("[role=status]");
      told.textContent = "";
      try {
        const answer = await asked(JSON.parse(button.dataset.passkey));
        form.elements[button.dataset.answer].value = said(answer);
        form.submit();
      } catch {
        told.textContent = button.dataset.sorry;
      }
    });
  }
})();
