import { GITHUB_REQUEST } from './github-request';

/**
 * Fails unless the job's environment asks people, lets one branch deploy and nobody past that: a GitHub environment
 * that does not exist is created without any protection as soon as a job names it, and would let everybody pass.
 *
 * A policy of "protected branches only" is not enough: without rules that protect a branch it admits all of them.
 *
 * @see https://docs.github.com/en/rest/deployments/environments#get-an-environment
 * @see https://docs.github.com/en/rest/deployments/branch-policies#list-deployment-branch-policies
 */
export const GATE_CHECK = `${GITHUB_REQUEST}
const { ADMIN_BYPASS, BRANCH, ENVIRONMENT, REMEDY, SELF_REVIEW } = process.env;
const PLACE = "/environments/" + ENVIRONMENT;

function listOf(value) {
  return Array.isArray(value) ? value : [];
}

function reviewProblem({ protection_rules: rules }) {
  const review = listOf(rules).find((rule) => rule?.type === "required_reviewers" && listOf(rule.reviewers).length > 0);
  if (!review) return "It has no required reviewers.";
  const mayReviewItself = review.prevent_self_review !== true && SELF_REVIEW !== "allowed";
  return mayReviewItself && "Whoever starts a deployment may approve it.";
}

function bypassProblem({ can_admins_bypass: bypass }) {
  return bypass !== false && ADMIN_BYPASS !== "allowed" && "Administrators may bypass its rules.";
}

async function branchProblem({ deployment_branch_policy: policy }) {
  if (!policy) return "Any branch may deploy to it.";
  if (policy.custom_branch_policies !== true) {
    return "Its policy names no branch: each that a rule protects may deploy, and all of them where no rule does.";
  }
  const { branch_policies: patterns } = await ask(PLACE + "/deployment-branch-policies?per_page=100");
  const others = listOf(patterns).filter((it) => it?.name !== BRANCH || (it.type ?? "branch") !== "branch");
  const names = others.map((it) => (it?.type ?? "branch") + " " + it?.name).join(", ");
  if (names !== "") return "More than the branch " + BRANCH + " may deploy to it: " + names + ".";
  return listOf(patterns).length === 0 && "Its policy does not name the branch " + BRANCH + ".";
}

async function problems() {
  const environment = await ask(PLACE);
  const found = [reviewProblem(environment), bypassProblem(environment), await branchProblem(environment)];
  return found.filter(Boolean).join(" ");
}

function unansweredProblem({ message, status }) {
  return status === 404 ? "The environment, or its policy, does not exist."
    : "GitHub does not say how the environment is protected: " + message + ".";
}

problems().catch(unansweredProblem).then((problem) => {
  process.exitCode = problem === "" ? 0 : 1;
  console.log(problem === ""
    ? "The environment " + ENVIRONMENT + " has reviewers, and lets only the branch " + BRANCH + " deploy to it."
    : "::error title=No gate for " + ENVIRONMENT + "::" + problem + " Nothing was deployed. " + REMEDY);
});
`;

/** What to do about an environment that asks nobody. */
export function gateRemedy(environment: string, branch: string): string {
  return `In the settings of the repository, under Environments, give '${environment}' required reviewers, `
    + 'prevent self-review, do not allow administrators to bypass the rules, '
    + `and allow deployments from the selected branch '${branch}' only. `
    + 'Required reviewers need a public repository or GitHub Enterprise: Free, Pro and Team do not offer them for private ones.';
}
