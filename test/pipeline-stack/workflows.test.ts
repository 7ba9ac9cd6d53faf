import { CI_PROMISES, DEPLOY_PROMISES } from './promises';
import { shopApp, workflowIn } from './shop';

type Path = (string | number)[];

/** Every place in a workflow that could be missing. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...places((value as any)[key], [...path, key])]);
}

function without(workflow: any, path: Path): any {
  const copy = structuredClone(workflow);
  const parent = path.slice(0, -1).reduce((it, key) => it[key], copy);
  const last = path.at(-1)!;
  if (Array.isArray(parent)) {
    parent.splice(last as number, 1);
  } else {
    delete parent[last];
  }
  return copy;
}

function isKept(holds: (workflow: any) => void, workflow: any): boolean {
  try {
    holds(workflow);
    return true;
  } catch {
    return false;
  }
}

describe.each([['ci.yml', CI_PROMISES], ['deploy.yml', DEPLOY_PROMISES]])('%s', (file, promises) => {
  const workflow = workflowIn(shopApp(), file);

  test.each(Object.entries(promises))('%s', (_, holds) => {
    holds(workflow);
  });

  test('promises all that is in it: whatever is taken away breaks a promise', () => {
    const unnoticed = places(workflow).filter((path) => Object.values(promises).every((holds) => isKept(holds, without(workflow, path))));

    expect(places(workflow).length).toBeGreaterThan(40);
    expect(unnoticed.map((it) => it.join('/'))).toEqual([]);
  });
});

test('the deployed branch is the one of the props', () => {
  const app = shopApp({ branch: 'release/v2' });

  expect(workflowIn(app, 'ci.yml').on.push).toEqual({ 'branches-ignore': ['release/v2'] });
  expect(workflowIn(app, 'deploy.yml').on.push).toEqual({ branches: ['release/v2'] });
  expect(workflowIn(app, 'deploy.yml').jobs.build.if).toBe("github.ref == 'refs/heads/release/v2'");
});

test('all jobs run on the runner of the props', () => {
  const jobs = Object.values<any>(workflowIn(shopApp({ runner: 'ubuntu-24.04' }), 'deploy.yml').jobs);

  expect(new Set(jobs.map((it) => it['runs-on']))).toEqual(new Set(['ubuntu-24.04']));
});

test('an app in a directory has workflows and queues of its own', () => {
  const app = shopApp({ directory: 'apps/shop' });
  const deploy = workflowIn(app, 'apps-shop-deploy.yml');

  expect([workflowIn(app, 'apps-shop-ci.yml').name, deploy.name, deploy.jobs['deploy-prod'].concurrency.group])
    .toEqual(['apps-shop-ci', 'apps-shop-deploy', 'apps-shop-deploy-prod']);
});
