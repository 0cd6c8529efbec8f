// The bytes of one file in one request, its details before them: broken, it starts anew.

/** Send; `heard` is told `moved(sent)`, `made(video)`, `refused(problem)`, `broke()`. */
export function sendPlainly(file, details, api, heard) {
  const form = new FormData();
  // The hub reads the fields before the file, so the file comes last.
  for (const [name, value] of Object.entries(details)) form.append(name, value);
  form.append("file", file, file.name);
  const request = new XMLHttpRequest();
  request.open("POST", api.videos);
  for (const [name, value] of Object.entries(api.headers())) request.setRequestHeader(name, value);
  request.responseType = "json";
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (lengthComputable) heard.moved(Math.floor((loaded / total) * file.size));
  });
  request.addEventListener("load", () => {
    if (request.status === 201 && request.response?.id) heard.made(request.response);
    else heard.refused(request.response ?? {});
  });
  request.addEventListener("error", () => heard.broke());
  request.send(form);
  return request;
}
