// The API reference: Swagger UI over the hub's own document, trying calls as this browser.

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

async function withCsrfToken(request) {
  if (SAFE_METHODS.has((request.method ?? "GET").toUpperCase())) return request;
  // Fetched each time, since signing in and out replaces it.
  const answer = await fetch("/api/v1/csrf", { credentials: "same-origin" });
  if (answer.ok) {
    request.headers["X-CSRF-Token"] = (await answer.json()).csrf_token;
  }
  return request;
}

function followColourScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", apply);
  apply();
}

const element = document.getElementById("reference");
followColourScheme();
window.SwaggerUIBundle({
  domNode: element,
  url: element.dataset.document,
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  requestInterceptor: withCsrfToken,
});
