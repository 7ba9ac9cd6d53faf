/** How the scripts of a job ask GitHub about the repository, with the token of the job. A part of each. */
export const GITHUB_REQUEST = `const { GH_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY } = process.env;

class Unanswered extends Error {
  constructor(reason, status) {
    super(reason);
    this.status = status;
  }
}

async function ask(path) {
  const answer = await fetch(GITHUB_API_URL + "/repos/" + GITHUB_REPOSITORY + path, {
    headers: {
      accept: "application/vnd.github+json",
      authorization: "Bearer " + GH_TOKEN,
      "x-github-api-version": "2022-11-28",
    },
    signal: AbortSignal.timeout(60_000),
  }).catch((error) => {
    throw new Unanswered(error.cause?.message || error.cause?.code || error.message);
  });
  const data = await answer.json().catch(() => undefined);
  if (!answer.ok) {
    throw new Unanswered(["HTTP " + answer.status, data?.message].filter(Boolean).join(", "), answer.status);
  }
  const isObject = typeof data === "object" && data !== null && !Array.isArray(data);
  if (!isObject) throw new Unanswered("its answer is not what was expected");
  return data;
}
`;
