import { GITHUB_REQUEST } from './github-request';

/**
 * Fails where the environment has a newer commit than the one of the job, and otherwise remembers this one before its
 * deployment begins: what fails half-way has changed something too. A run that is repeated has its old commit, and a
 * job that waited for its turn or an approval may have been overtaken.
 *
 * The commit is remembered in the account of the environment, in a parameter of AWS Systems Manager that only the role
 * of its job writes. Whatever is not known is refused.
 *
 * @see https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
export const COMMIT_CHECK = `${GITHUB_REQUEST}
const { spawnSync } = require("node:child_process");
const { ALLOW_OLDER, ENVIRONMENT, GITHUB_SHA, PARAMETER, REMEDY, ROLE_REMEDY } = process.env;

function parameter(action, ...options) {
  const words = ["ssm", action, "--name", PARAMETER, "--output", "text", ...options];
  const { status, stdout, stderr, error } = spawnSync("aws", words, { encoding: "utf8" });
  const reason = (error?.message ?? stderr).trim().replace(/\\s+/g, " ");
  return { done: status === 0, text: (stdout ?? "").trim(), reason };
}

function commitDeployed() {
  const { done, text, reason } = parameter("get-parameter", "--query", "Parameter.Value");
  if (done && /^[0-9a-f]{40}$/.test(text)) return text;
  if (reason.includes("(ParameterNotFound)")) return undefined;
  const problem = reason || "the parameter " + PARAMETER + " holds no commit";
  throw new Error("The commit that is deployed is not known: " + problem + ". " + ROLE_REMEDY);
}

async function problemWith(deployed) {
  if (deployed === undefined || deployed === GITHUB_SHA) return "";
  try {
    const { status } = await ask("/compare/" + deployed + "..." + GITHUB_SHA + "?per_page=1");
    if (status === "ahead" || status === "identical") return "";
    return status === "behind" ? "Commit " + GITHUB_SHA + " is older than " + deployed + ", which is there."
      : "Commit " + GITHUB_SHA + " does not contain " + deployed + ", which is there.";
  } catch ({ message }) {
    return "GitHub does not say whether " + GITHUB_SHA + " is newer than " + deployed + ", which is there: " +
      message + ".";
  }
}

function remember() {
  const { done, reason } = parameter("put-parameter", "--type", "String", "--overwrite", "--value", GITHUB_SHA);
  if (!done) throw new Error("The commit cannot be remembered: " + reason + ". " + ROLE_REMEDY);
}

async function main() {
  const problem = await problemWith(commitDeployed());
  if (problem !== "" && ALLOW_OLDER !== "true") throw new Error(problem + " " + REMEDY);
  remember();
  console.log(problem === "" ? "Nothing newer than " + GITHUB_SHA + " is deployed to " + ENVIRONMENT + "."
    : "::warning title=An older commit for " + ENVIRONMENT + "::" + problem +
      " It is deployed nevertheless, since allowOlder was set.");
}

main().catch(({ message }) => {
  process.exitCode = 1;
  console.log("::error title=Not newer than " + ENVIRONMENT + "::" + message + " Nothing was deployed.");
});
`;

/** What to do instead of deploying an older commit. */
export function commitRemedy(branch: string): string {
  return 'To take a change back, revert it in a new commit. '
    + `If '${branch}' itself was set back, run the workflow by hand with allowOlder.`;
}
