/**
 * Fails unless the job's environment asks people: a GitHub environment that does not exist is created without any
 * protection as soon as a job names it, and would let everybody pass.
 *
 * @see https://docs.github.com/en/rest/deployments/environments#get-an-environment
 */
export const GATE_CHECK = `answer="$RUNNER_TEMP/environment.json"
refuse() {
  echo "::error title=No gate for $ENVIRONMENT::$1 Nothing was deployed. $REMEDY"
  exit 1
}
if ! reason=$(gh api "repos/$GITHUB_REPOSITORY/environments/$ENVIRONMENT" 2>&1 > "$answer"); then
  case "$reason" in
    *'HTTP 404'*) refuse "The environment does not exist." ;;
    *) refuse "GitHub does not say how the environment is protected: $(tr '\\n' ' ' <<< "$reason")." ;;
  esac
fi
open=$(node --eval '
  const environment = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const rules = environment.protection_rules ?? [];
  const reviewed = rules.some((rule) => rule.type === "required_reviewers" && rule.reviewers?.length > 0);
  const problems = [!reviewed && "It has no required reviewers.", !environment.deployment_branch_policy && "Any branch may deploy to it."];
  console.log(problems.filter(Boolean).join(" "));
' < "$answer") || refuse "GitHub's answer is not what was expected."
if [ -n "$open" ]; then
  refuse "$open"
fi
echo "Deployments to $ENVIRONMENT were approved by its reviewers."
`;

/** What to do about an environment that asks nobody. */
export function gateRemedy(environment: string, branch: string): string {
  return `In the settings of the repository, under Environments, give '${environment}' required reviewers, and allow deployments from the branch '${branch}' only. `
    + 'Required reviewers need a public repository or GitHub Enterprise: Free, Pro and Team do not offer them for private ones.';
}
