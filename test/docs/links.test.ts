import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'bench/README.md', 'examples/shop/README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true })
  .map((it) => join('docs', String(it))).filter((it) => it.endsWith('.md'))];

/** The targets of links to files, and to headings of the page itself. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```.*?^```/gms, '').replace(/`[^`]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target).filter((it) => !/^\w+:/.test(it));
}

/** The anchors of a page, as GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title.toLowerCase().replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/ /g, '-'));
}

function isThere(page: string, link: string): boolean {
  const [path, anchor] = link.split('#');
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  return existsSync(file) && (anchor === undefined || (statSync(file).isFile() && anchorsOf(file).includes(anchor)));
}

test('there are links in the pages', () => {
  expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(80);
});

test.each(PAGES)('every link of %s leads somewhere', (page) => {
  expect(linksOf(page).filter((it) => !isThere(page, it))).toEqual([]);
});

test('a link to a file or a heading that is not there is noticed', () => {
  expect(['docs/nowhere.md', 'docs/costs.md#nowhere', '#nowhere'].filter((it) => isThere('README.md', it))).toEqual([]);
});

test('each page of the documentation can be reached from its index', () => {
  const reached = new Set(['docs/README.md']);
  reached.forEach((page) => linksOf(page).map((it) => relative(ROOT, join(ROOT, dirname(page), it.split('#')[0])))
    .filter((it) => it.startsWith('docs/') && it.endsWith('.md')).forEach((it) => reached.add(it)));
  const isRunbook = (it: string) => it.startsWith('docs/runbooks/'); // alarms lead to them

  expect(PAGES.filter((it) => it.startsWith('docs/') && !isRunbook(it) && !reached.has(it))).toEqual([]);
});
