/**
 * Fails unless the job's environment asks people: a GitHub environment that does not exist is created without any
 * protection as soon as a job names it, and would let everybody pass.
 *
 * @see https://docs.github.com/en/rest/deployments/environments#get-an-environment
 * @see https://docs.github.com/en/rest/deployments/branch-policies#list-deployment-branch-policies
 */
export const GATE_CHECK = `node - <<'SCRIPT'
const { spawnSync } = require("node:child_process");
const { ENVIRONMENT, GITHUB_REPOSITORY, REMEDY } = process.env;

function ask(path) {
  const { status, stdout, stderr, error } = spawnSync("gh", ["api", "repos/" + GITHUB_REPOSITORY + "/environments/" + ENVIRONMENT + path], { encoding: "utf8" });
  if (status !== 0) {
    const reason = (error?.message ?? stderr).trim().replace(/\\s+/g, " ");
    throw new Error(path === "" && reason.includes("HTTP 404") ? "The environment does not exist." : "GitHub does not say how the environment is protected: " + reason + ".");
  }
  return dataOf(stdout);
}

function dataOf(answer) {
  try {
    const data = JSON.parse(answer);
    if (typeof data === "object" && data !== null && !Array.isArray(data)) return data;
  } catch {}
  throw new Error("GitHub's answer is not what was expected.");
}

function listOf(value) {
  return Array.isArray(value) ? value : [];
}

function isReviewed({ protection_rules: rules }) {
  return listOf(rules).some((rule) => rule?.type === "required_reviewers" && listOf(rule.reviewers).length > 0);
}

function isOpenToAll({ deployment_branch_policy: policy }) {
  if (!policy?.custom_branch_policies) return !policy;
  const { branch_policies: patterns } = ask("/deployment-branch-policies?per_page=100");
  return !Array.isArray(patterns) || patterns.some((it) => /^[*/]*$/.test(it?.name ?? ""));
}

function problems() {
  const environment = ask("");
  return [!isReviewed(environment) && "It has no required reviewers.", isOpenToAll(environment) && "Any branch may deploy to it."].filter(Boolean).join(" ");
}

function answer() {
  try {
    return problems();
  } catch ({ message }) {
    return message;
  }
}

const problem = answer();
process.exitCode = problem === "" ? 0 : 1;
console.log(problem === ""
  ? "The environment " + ENVIRONMENT + " has reviewers, and says which branches may deploy to it."
  : "::error title=No gate for " + ENVIRONMENT + "::" + problem + " Nothing was deployed. " + REMEDY);
SCRIPT
`;

/** What to do about an environment that asks nobody. */
export function gateRemedy(environment: string, branch: string): string {
  return `In the settings of the repository, under Environments, give '${environment}' required reviewers, and allow deployments from the branch '${branch}' only. `
    + 'Required reviewers need a public repository or GitHub Enterprise: Free, Pro and Team do not offer them for private ones.';
}
